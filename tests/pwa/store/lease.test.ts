import { expect, test } from 'vitest';
import {
  CLOCK,
  contactAt,
  isOver,
  keepTime,
  readClock,
  readRules,
  RULES,
  seenAt,
} from '../../../pwa/src/store/lease';
import type { Me } from '../../../pwa/src/store/types';
import { makeStore } from '../keys';
import { record } from '../phone';

const account = { me: { member: 'm' } as Me, device: 'd', secret: 's' };
const DAY = 86_400_000;
const week = { lease: 7 * DAY, idle: 0 };

test('a lease runs from the last contact', () => {
  const clock = contactAt(100);
  expect(isOver(clock, 100 + 7 * DAY, week)).toBe(false);
  expect(isOver(clock, 101 + 7 * DAY, week)).toBe(true);
});

test('setting the clock back wins nothing', () => {
  const clock = seenAt(contactAt(0), 8 * DAY);
  expect(isOver(clock, DAY, week)).toBe(true);
  expect(seenAt(clock, DAY)).toEqual(clock);
});

test('a clock that once ran ahead costs nothing after a contact', () => {
  expect(isOver(contactAt(DAY), 2 * DAY, week)).toBe(false);
});

test('a clock that cannot be read is over', () => {
  expect(isOver(null, 0, week)).toBe(true);
});

test('the latest time and the contact are kept sealed', async () => {
  const store = await makeStore(account);
  expect(await readClock(store)).toEqual({ latest: 0, contact: 0 });
  await keepTime(store, 50);
  await keepTime(store, 40);
  expect(await readClock(store)).toEqual({ latest: 50, contact: 0 });
  await keepTime(store, 45, true);
  expect(await readClock(store)).toEqual({ latest: 45, contact: 45 });
  await store.db.put('sealed', new ArrayBuffer(40), CLOCK);
  expect(await readClock(store)).toBeNull();
});

test('a week and five minutes hold where the organisation has set nothing, or nonsense', async () => {
  const store = await makeStore(account);
  const set = (fields: Record<string, string | number>) =>
    store.keep((step) => step.put(RULES, [{ ...record('o', RULES, null, fields), version: 1 }]));
  const usual = { lease: 7 * DAY, idle: 300_000 };
  expect(await readRules(store)).toEqual(usual);
  await set({ lease_days: 0, lock_minutes: 'long' });
  expect(await readRules(store)).toEqual(usual);
  await set({ lease_days: 3, lock_minutes: 2 });
  expect(await readRules(store)).toEqual({ lease: 3 * DAY, idle: 120_000 });
});
