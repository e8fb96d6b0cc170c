import { expect, test } from 'vitest';
import {
  caseload,
  isFound,
  isShown,
  languagesOf,
  type Filter,
} from '../../../../pwa/src/screens/patients/caseload';
import type { AppointmentRow, PatientRow } from '../../../../pwa/src/store/types';
import { appointmentRow, dayOf, patientRow } from '../rows';

const moment = {
  now: Date.parse('2026-11-21T12:00:00Z'),
  today: '2026-11-21',
  dayOf,
};

function rows(
  patients: PatientRow[],
  appointments: AppointmentRow[] = [],
  contested: string[] = [],
) {
  return caseload(patients, appointments, new Set(contested), moment);
}

test('the longest overdue come first, then family names as people sort them, then those who have died', () => {
  const shown = rows([
    patientRow('died', {
      name: { family: 'Abel' },
      deceased: true,
      held_from: '2020-01-01',
    }),
    patientRow('z', { name: { family: 'Zapata' } }),
    patientRow('a', { name: { family: 'Álvarez' } }),
    patientRow('b', { name: { family: 'baker' } }),
    patientRow('late', { name: { family: 'Young' }, held_from: '2026-10-01' }),
    patientRow('later', { name: { family: 'Xu' }, held_from: '2026-09-01' }),
  ]);
  expect(shown.map(({ patient }) => patient.id)).toEqual(['later', 'late', 'a', 'b', 'z', 'died']);
});

test('the next appointment is the first ahead that is still on; today’s counts even when its hour has passed', () => {
  const [row] = rows(
    [patientRow('p1')],
    [
      appointmentRow('this morning', '2026-11-21T09:00'),
      appointmentRow('off', '2026-11-22T09:00', { status: 'cancelled' }),
      appointmentRow('on', '2026-11-24T09:00'),
      appointmentRow('after', '2026-12-24T09:00'),
    ],
  );
  expect(dayOf(row!.next!)).toBe('2026-11-24');
  expect(new Date(row!.todayAt!).getUTCHours()).toBe(9);
});

test('nobody waits for somebody who has died', () => {
  const [row] = rows(
    [patientRow('p1', { deceased: true })],
    [appointmentRow('a', '2026-11-21T15:00')],
  );
  expect(row).toMatchObject({ next: null, todayAt: null, overdue: 0 });
});

test('filters narrow together', () => {
  const all = rows(
    [
      patientRow('p1', {
        interpreter_required: true,
        language: 'zh',
        held_from: '2026-09-01',
      }),
      patientRow('p2', { interpreter_required: true, language: 'ru' }),
      patientRow('p3', { language: 'es' }),
    ],
    [appointmentRow('a', '2026-11-21T15:00', { patient: 'p3' })],
    ['p2'],
  );
  const shown = (...filters: Filter[]) =>
    all.filter((row) => isShown(row, new Set(filters))).map(({ patient }) => patient.id);
  expect(shown()).toHaveLength(3);
  expect(shown('overdue')).toEqual(['p1']);
  expect(shown('today')).toEqual(['p3']);
  expect(shown('contested')).toEqual(['p2']);
  expect(shown('interpreter')).toEqual(['p1', 'p2']);
  expect(shown('interpreter', 'language:ru')).toEqual(['p2']);
});

test('search finds every word anywhere, whatever its case and accents', () => {
  const row = patientRow('p', {
    search: 'joaquin fernandez de la pena 29 grand concourse',
  });
  expect(isFound(row, 'PEÑA joaq')).toBe(true);
  expect(isFound(row, '  grand  ')).toBe(true);
  expect(isFound(row, 'pena x')).toBe(false);
  expect(isFound(row, '')).toBe(true);
});

test('languages are offered where there is a choice, the most frequent first', () => {
  const speaking = (...languages: (string | null)[]) =>
    languages.map((language, nth) => patientRow(`p${nth}`, { language }));
  expect(languagesOf(speaking('es', 'en', 'en', null))).toEqual(['en', 'es']);
  expect(languagesOf(speaking('en', 'en'))).toEqual([]);
});
