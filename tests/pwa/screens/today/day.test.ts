import { expect, test } from 'vitest';
import { dayOfMember, nextStop } from '../../../../pwa/src/screens/today/day';
import type { AppointmentRow, PatientRow, VisitRow } from '../../../../pwa/src/store/types';
import { appointmentRow, dayOf, ME, patientRow, visitRow } from '../rows';

const TODAY = '2026-11-21';

function day(
  appointments: AppointmentRow[],
  visits: VisitRow[] = [],
  patients: PatientRow[] = [patientRow('p1')],
) {
  const patient = (id: string) => patients.find((one) => one.id === id) ?? null;
  return dayOfMember({ appointments, visits, patient }, ME, TODAY, dayOf);
}

const ids = (stops: { id: string }[]) => stops.map(({ id }) => id);

test('my appointments of today stand in order of their time', () => {
  const { own } = day([
    appointmentRow('late', '2026-11-21T15:00'),
    appointmentRow('early', '2026-11-21T08:30'),
    appointmentRow('tomorrow', '2026-11-22T08:30'),
  ]);
  expect(ids(own)).toEqual(['early', 'late']);
});

test('an appointment in another zone belongs to the day on which it falls here', () => {
  const zoned = { start: { local: '2026-11-22T02:00', zone: 'Asia/Tokyo' } };
  expect(ids(day([appointmentRow('a', '', zoned)]).own)).toEqual(['a']);
});

test('what my patients have with others stands apart, unless it is off', () => {
  const { own, others } = day([
    appointmentRow('dialysis', '2026-11-21T09:00', {
      member: null,
      type: 'dialysis',
    }),
    appointmentRow('nurse', '2026-11-21T10:00', { member: 'nurse' }),
    appointmentRow('off', '2026-11-21T11:00', {
      member: 'nurse',
      status: 'cancelled',
    }),
  ]);
  expect(ids(own)).toEqual([]);
  expect(ids(others)).toEqual(['dialysis', 'nurse']);
});

test('a contested time puts the stop on each of its days, at the earliest', () => {
  const starts = [
    { local: '2026-11-21T14:00', zone: 'UTC' },
    { local: '2026-11-21T10:00', zone: 'UTC' },
    { local: '2026-11-21T10:00', zone: 'UTC' },
  ];
  const [stop] = day([
    appointmentRow('a', '2026-11-21T14:00', { starts, contested: ['start'] }),
  ]).own;
  expect(stop!.times.map((at) => new Date(at).getUTCHours())).toEqual([10, 14]);
  expect(stop!.at).toBe(stop!.times[0]);
});

test('a visit that was never finished is still open today, planned or not', () => {
  const yesterday = visitRow('v', { actual_start: '2026-11-20T09:00:00Z' });
  const { own } = day([appointmentRow('a', '2026-11-21T09:00')], [yesterday]);
  expect(own.map(({ id, stage }) => [id, stage])).toEqual([
    ['v', 'under-way'],
    ['a', 'planned'],
  ]);
});

test('a visit without an appointment that was finished today is done; one of another day is gone', () => {
  const finished = { status: 'finished', actual_end: '2026-11-21T10:00:00Z' };
  const { own } = day(
    [],
    [
      visitRow('today', finished),
      visitRow('before', { ...finished, actual_start: '2026-11-19T09:00:00Z' }),
      visitRow('other', { member: 'nurse' }),
    ],
  );
  expect(own.map(({ id, stage }) => [id, stage])).toEqual([['today', 'done']]);
});

test.each([
  ['finished', 'booked', 'done'],
  ['in-progress', 'booked', 'under-way'],
  ['arrived', 'cancelled', 'under-way'],
  ['cancelled', 'booked', 'off'],
  [null, 'noshow', 'off'],
  [null, 'fulfilled', 'done'],
  [null, 'booked', 'planned'],
])('a visit that is %s at an appointment that is %s is %s', (status, booked, stage) => {
  const visits = status ? [visitRow('v', { status, appointment: 'a' })] : [];
  const appointment = { status: booked, visit: status ? 'v' : null };
  const { own } = day([appointmentRow('a', '2026-11-21T09:00', appointment)], visits);
  expect(own.map((stop) => stop.stage)).toEqual([stage]);
});

test('an appointment of a chart that has left the phone is not shown', () => {
  expect(day([appointmentRow('a', '2026-11-21T09:00', { patient: 'gone' })]).own).toEqual([]);
});

test('the next stop is the one under way, else the first planned of the living', () => {
  const patients = [patientRow('p1'), patientRow('died', { deceased: true })];
  const appointments = [
    appointmentRow('a', '2026-11-21T08:00', { patient: 'died' }),
    appointmentRow('b', '2026-11-21T09:00'),
    appointmentRow('c', '2026-11-21T10:00'),
  ];
  expect(nextStop(day(appointments, [], patients).own)?.id).toBe('b');
  const visit = visitRow('v', { appointment: 'c' });
  const begun = appointments.map((one) => (one.id === 'c' ? { ...one, visit: 'v' } : one));
  expect(nextStop(day(begun, [visit], patients).own)?.id).toBe('c');
  expect(nextStop([])).toBeNull();
});
