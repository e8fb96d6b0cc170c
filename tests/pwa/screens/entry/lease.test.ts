import { expect, test } from 'vitest';
import { daysWithout } from '../../../../pwa/src/screens/entry/lease';

const DAY = 86_400_000;

test('whole days are counted', () => {
  expect(daysWithout(0, 8 * DAY + DAY / 2)).toBe(8);
});

test('a lease that has run out is never told as no day at all', () => {
  expect(daysWithout(0, DAY / 2)).toBe(1);
  expect(daysWithout(DAY, 0)).toBe(1);
  expect(daysWithout(null, 5 * DAY)).toBe(1);
});
