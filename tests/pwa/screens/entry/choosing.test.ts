import { expect, test } from 'vitest';
import { isSame, keptTold } from '../../../../pwa/src/screens/entry/choosing';

test('what a phone’s keyboard adds to the five words does not count', () => {
  expect(isSame('river candle bonus tiger lamp', 'River candle  bonus tiger lamp ')).toBe(true);
  expect(isSame('árbol miel', 'a\u0301rbol Miel')).toBe(true);
});

test('another word, a missing one or another order does', () => {
  expect(isSame('river candle bonus', 'river candle bones')).toBe(false);
  expect(isSame('river candle bonus', 'river candle')).toBe(false);
  expect(isSame('river candle bonus', 'candle river bonus')).toBe(false);
  expect(isSame('river candle', 'rivercandle')).toBe(false);
});

test.each(['short', 'digits', 'common', 'offline', 'refused'] as const)(
  '“%s” is told as what to do',
  (why) => expect(keptTold(why)).toMatch(/^[A-Z].+\.$/),
);
