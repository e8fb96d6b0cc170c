import { expect, test } from 'vitest';
import { contactDue, daysOverdue, USUAL_DAYS } from '../../../pwa/src/screens/contact';
import { addDays, daysBetween } from '../../../pwa/src/screens/days';
import { dayOf, patientRow } from './rows';

const visited = Date.parse('2026-11-01T15:00:00Z');

test('contact is due so many days after the last finished visit', () => {
  const row = patientRow('p', {
    last_visit: visited,
    held_from: '2026-01-01',
    contact_every_days: 14,
  });
  expect(contactDue(row, dayOf)).toBe('2026-11-15');
  expect(daysOverdue(row, '2026-11-15', dayOf)).toBe(0);
  expect(daysOverdue(row, '2026-11-21', dayOf)).toBe(6);
});

test('before the first visit the days count from when the chart came into hand', () => {
  const row = patientRow('p', {
    held_from: '2026-11-01',
    contact_every_days: 7,
  });
  expect(contactDue(row, dayOf)).toBe('2026-11-08');
});

test('without a word from the assignment it is a month', () => {
  const row = patientRow('p', { last_visit: visited });
  expect(contactDue(row, dayOf)).toBe(addDays('2026-11-01', USUAL_DAYS));
});

test('nobody is reminded of somebody who has died, or of a chart nobody holds', () => {
  const died = patientRow('p', { last_visit: visited, deceased: true });
  expect(contactDue(died, dayOf)).toBeNull();
  expect(daysOverdue(died, '2027-11-21', dayOf)).toBe(0);
  expect(contactDue(patientRow('p'), dayOf)).toBeNull();
});

test('days are counted across months, years and changes of the clock', () => {
  expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
  expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
  expect(daysBetween('2026-03-01', '2026-04-01')).toBe(31);
  expect(daysBetween('2026-04-01', '2026-03-31')).toBe(-1);
});
