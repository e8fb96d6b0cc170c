import { expect, test } from 'vitest';
import { foldText, summarise } from '../../../pwa/src/store/summarise';
import type { Contestant, Json, RecordShown } from '../../../pwa/src/store/types';

let made = 0;
function record(
  kind: string,
  fields: Record<string, Json>,
  more: Partial<RecordShown> = {},
): RecordShown {
  made += 1;
  const id = kind === 'patient' ? 'p' : `${kind}-${made}`;
  const rest = { version: 1, deleted: false, contested: {}, overruled: {}, unsent: [] };
  return { id, kind, patient: 'p', fields, ...rest, ...more };
}

const write = (value: Json, member: string, at: number): Contestant => ({
  value,
  member,
  at,
  seq: at,
  seen: 0,
});

const patient = record('patient', {
  name: { family: 'Fernández de la Peña', given: 'Joaquín', prefix: 'Sr.' },
  preferred_name: 'Quino',
  birth_date: '1939-02',
  telecom: [
    { system: 'email', value: 'x@y.z' },
    { system: 'phone', value: '+1 (917) 555-0131', use: 'home' },
  ],
  address: [{ line: '12 Grand Concourse', city: 'Bronx' }],
  deceased: 'deceased',
  interpreter_required: true,
});

test('a chart without its patient record has no patient row', () => {
  expect(summarise([record('task', { description: 'x' })], 'me').patient).toBeNull();
});

test('a patient row says what a list and a header need', () => {
  const { patient: row } = summarise([patient], 'me');
  expect(row).toMatchObject({
    id: 'p',
    name: { family: 'Fernández de la Peña' },
    preferred_name: 'Quino',
    birth_date: '1939-02',
    telephone: '+1 (917) 555-0131',
    deceased: true,
    interpreter_required: true,
    last_visit: null,
    review: 0,
  });
});

test('a patient is found by any name, telephone or street, whatever the accents and the case', () => {
  const { search } = summarise([patient], 'me').patient!;
  for (const typed of ['penã', 'JOAQUIN', 'quino', '9175550131', '555-0131', 'grand con', '1939'])
    expect(search, typed).toContain(foldText(typed));
});

test('folding leaves other scripts as they are', () => {
  expect(foldText('  Ёлка   陈 Ünal ')).toBe('елка 陈 unal');
});

test('an allergy stays in the row until somebody says that it is over or was wrong', () => {
  const allergies = [
    record('allergy', { substance: 'Penicillin' }),
    record('allergy', { substance: 'Latex', clinical_status: 'active' }),
    record('allergy', { substance: 'Eggs', clinical_status: 'resolved' }),
    record('allergy', { substance: 'Nuts', verification_status: 'refuted' }),
    record('allergy', { substance: 'Wool' }, { deleted: true }),
  ];
  expect(summarise([patient, ...allergies], 'me').patient!.allergies).toEqual([
    'Penicillin',
    'Latex',
  ]);
});

test('the last visit is the latest end of a finished one', () => {
  const visits = [
    record('visit', { status: 'finished', actual_end: '2026-05-01T10:00:00-04:00' }),
    record('visit', { status: 'finished', actual_start: '2026-06-01T10:00:00Z' }),
    record('visit', { status: 'cancelled', actual_end: '2026-07-01T10:00:00Z' }),
    record('visit', { status: 'finished', actual_end: 'not a time' }),
  ];
  const { patient: row } = summarise([patient, ...visits], 'me');
  expect(row!.last_visit).toBe(Date.parse('2026-06-01T10:00:00Z'));
});

test('a contested start shows every start that is asked about, each once', () => {
  const ten = { local: '2026-11-21T10:00', zone: 'America/New_York' };
  const noon = { local: '2026-11-21T12:00', zone: 'America/New_York' };
  const appointment = record(
    'appointment',
    { type: 'home-visit', status: 'booked', start: ten },
    { contested: { start: [write(ten, 'me', 3), write(noon, 'you', 2), write(ten, 'you', 1)] } },
  );
  const [row] = summarise([patient, appointment], 'me').appointments;
  expect(row).toMatchObject({ start: ten, starts: [ten, noon], contested: ['start'], visit: null });
});

test('an appointment knows the visit that was begun for it', () => {
  const appointment = record('appointment', { status: 'arrived' });
  const visit = record('visit', { appointment: appointment.id, status: 'in-progress' });
  const summary = summarise([patient, appointment, visit], 'me');
  expect(summary.appointments[0]!.visit).toBe(visit.id);
  expect(summary.visits[0]).toMatchObject({ status: 'in-progress', signed: false });
});

test('Review lists contested and overruled fields, and says which are mine', () => {
  const task = record(
    'task',
    { description: 'x' },
    {
      contested: { deleted: [write(true, 'you', 4), write(false, 'me', 2)] },
      overruled: { priority: [write('routine', 'you', 3)], status: [] },
    },
  );
  const summary = summarise([patient, task], 'me');
  const place = { record: task.id, kind: 'task', patient: 'p' };
  expect(summary.review).toEqual([
    { ...place, field: 'deleted', state: 'contested', at: 4, mine: true },
    { ...place, field: 'priority', state: 'overruled', at: 3, mine: false },
  ]);
  expect(summary.patient!.review).toBe(2);
});

test('a field of another shape than expected breaks no row', () => {
  const odd = [
    record('patient', { name: 'Ann', telecom: 'none', address: [7], deceased: 3 }),
    record('appointment', { start: '2026-11-21' }),
    record('task', { description: { text: 'x' }, due: 5 }),
    record('visit', { signature: 'x' }),
  ];
  const summary = summarise(odd, 'me');
  expect(summary.patient).toMatchObject({ name: {}, telephone: null, address: null });
  expect(summary.appointments[0]!.start).toBeNull();
  expect(summary.tasks[0]!.description).toBe('');
});
