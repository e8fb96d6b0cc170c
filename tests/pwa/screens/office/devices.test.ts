import { expect, test } from 'vitest';
import { shareOf, sorted, STALE_AFTER, unsentOf } from '../../../../pwa/src/screens/office/devices';
import type { Device } from '../../../../pwa/src/state/types';

const NOW = Date.UTC(2026, 10, 21);
const HOUR = 3_600_000;

const device = (id: string, more: Partial<Device> = {}): Device => ({
  id,
  name: id,
  member: 'm',
  member_name: 'Rosa',
  team_name: null,
  enrolled_at: NOW - 90 * 24 * HOUR,
  last_contact: NOW - HOUR,
  revoked_at: null,
  erased_at: null,
  lost_unsent: null,
  status: null,
  current: false,
  ...more,
});
const ids = (devices: Device[]) => devices.map(({ id }) => id);

test('the phone that was silent longest comes first, one in use as it was last heard of', () => {
  const phones = sorted(
    [
      device('quiet', { last_contact: NOW - STALE_AFTER - HOUR }),
      device('yesterday', { last_contact: NOW - 24 * HOUR }),
      device('silent', { last_contact: NOW - 20 * 24 * HOUR }),
      device('just now', { last_contact: NOW }),
    ],
    NOW,
  );
  expect(ids(phones.stale)).toEqual(['silent', 'quiet']);
  expect(ids(phones.fresh)).toEqual(['just now', 'yesterday']);
});

test('one that was never heard of counts from when it was enrolled', () => {
  const phones = sorted(
    [
      device('new', { last_contact: null, enrolled_at: NOW - HOUR }),
      device('never', { last_contact: null }),
    ],
    NOW,
  );
  expect([ids(phones.stale), ids(phones.fresh)]).toEqual([['never'], ['new']]);
});

test('of those removed, the ones not known to be erased come first', () => {
  const phones = sorted(
    [
      device('erased', { revoked_at: NOW, erased_at: NOW }),
      device('long removed', { revoked_at: NOW - 9 * HOUR }),
      device('just removed', { revoked_at: NOW - HOUR }),
    ],
    NOW,
  );
  expect(ids(phones.removed)).toEqual(['just removed', 'long removed', 'erased']);
  expect([...phones.stale, ...phones.fresh]).toEqual([]);
});

test('unsent is what the phone last told, and unknown where it never did', () => {
  expect(unsentOf(device('a', { status: { unsent: 3 } }))).toBe(3);
  expect(unsentOf(device('a'))).toBeNull();
  expect(unsentOf(device('a', { revoked_at: NOW, lost_unsent: 6, status: { unsent: 2 } }))).toBe(6);
});

test('storage is the share that the phone told of', () => {
  expect(shareOf({ storage: 0.25 })).toBe(0.25);
  expect(shareOf({})).toBeNull();
  expect(shareOf(null)).toBeNull();
});
