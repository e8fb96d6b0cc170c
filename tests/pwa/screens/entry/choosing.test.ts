import { expect, test } from 'vitest';
import { isSameWords, keptTold } from '../../../../pwa/src/screens/entry/choosing';
import { t } from '../../../../pwa/src/words';

test('what a phone’s keyboard adds to the five words does not count', () => {
  expect(isSameWords('river candle bonus tiger lamp', 'River candle  bonus tiger lamp ')).toBe(
    true,
  );
  expect(isSameWords('árbol miel', 'a\u0301rbol miel')).toBe(true);
});

test('another word, a missing one or another order does', () => {
  expect(isSameWords('river candle bonus', 'river candle bones')).toBe(false);
  expect(isSameWords('river candle bonus', 'river candle')).toBe(false);
  expect(isSameWords('river candle bonus', 'candle river bonus')).toBe(false);
  expect(isSameWords('river candle', 'rivercandle')).toBe(false);
});

test.each(['short', 'digits', 'common', 'offline', 'refused'] as const)(
  '“%s” is told as what to do',
  (why) => expect(t(keptTold(why))).toMatch(/^[A-Z].+\.$/),
);
