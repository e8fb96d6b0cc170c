import { expect, test } from 'vitest';
import { displayBytes } from '../../../../pwa/src/screens/sync/bytes';
import { saidOf } from '../../../../pwa/src/screens/sync/troubles';
import { patientsWaiting } from '../../../../pwa/src/screens/sync/waiting';
import type { Index } from '../../../../pwa/src/state/index.svelte';

test('bytes are read in the unit that suits them', () => {
  expect(displayBytes(0, 'en')).toBe('0 byte');
  expect(displayBytes(999, 'en')).toBe('999 byte');
  expect(displayBytes(8_400_000, 'en')).toBe('8.4 MB');
  expect(displayBytes(1_900_000_000, 'es')).toBe('1,9 GB');
});

test('a chart waits once, whatever of it is unsent', () => {
  const row = (patient: string, unsent: boolean) => ({ patient, unsent });
  const rows = {
    patients: [row('p', false), row('q', true)],
    appointments: [],
    visits: [row('p', true)],
    tasks: [row('p', true), row('r', false)],
  };
  expect(patientsWaiting(rows as unknown as Index)).toEqual(['q', 'p']);
});

test('“No connection” is said of a want of one, and of nothing that the server itself answered', () => {
  expect(saidOf('offline', null)).toBe('offline');
  expect(saidOf('offline', 'Something went wrong on the server.')).toBe('unable');
  expect(saidOf('refused', 'Your role does not allow this.')).toBe('refused');
});
