import { expect, test } from 'vitest';
import { greeting, overduePatients } from '../../../../pwa/src/screens/today/reminders';
import { dayOf, patientRow } from '../rows';

test.each([
  [4, 'today.evening'],
  [5, 'today.morning'],
  [11, 'today.morning'],
  [12, 'today.afternoon'],
  [17, 'today.afternoon'],
  [18, 'today.evening'],
])('at %i it says %s', (hour, said) => expect(greeting(hour)).toBe(said));

test('the longest overdue come first; those seen today are left out', () => {
  const rows = [
    patientRow('a', { held_from: '2026-10-01' }),
    patientRow('b', { held_from: '2026-09-01' }),
    patientRow('c', { held_from: '2026-08-01' }),
    patientRow('d', { held_from: '2026-11-20' }),
  ];
  const overdue = overduePatients(rows, new Set(['c']), '2026-11-21', dayOf);
  expect(overdue.map(({ patient, days }) => [patient.id, days])).toEqual([
    ['b', 51],
    ['a', 21],
  ]);
});
