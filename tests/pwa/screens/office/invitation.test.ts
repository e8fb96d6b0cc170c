import { expect, test } from 'vitest';
import { countdown, endOf, LASTS } from '../../../../pwa/src/screens/office/invitation.svelte';

const ARRIVED = Date.UTC(2026, 10, 21, 12);

test('a link ends when the server says', () => {
  expect(endOf(ARRIVED + LASTS - 2_000, ARRIVED)).toBe(ARRIVED + LASTS - 2_000);
});

test.each([
  ['behind', ARRIVED + LASTS + 3_600_000],
  ['ahead', ARRIVED - 3_600_000],
])('on a phone whose clock is %s, the quarter of an hour is counted from its arrival', (_, end) => {
  expect(endOf(end, ARRIVED)).toBe(ARRIVED + LASTS);
});

test('what is left is read in minutes and seconds, down to none', () => {
  expect(countdown(LASTS)).toBe('15:00');
  expect(countdown(65_000)).toBe('1:05');
  expect(countdown(400)).toBe('0:01');
  expect(countdown(-5)).toBe('0:00');
});
