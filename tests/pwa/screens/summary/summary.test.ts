import { expect, test } from 'vitest';
import { summaryOf, type SummarySource } from '../../../../pwa/src/screens/summary/content';
import { fileNameOf } from '../../../../pwa/src/screens/summary/file-name';
import { textOf } from '../../../../pwa/src/screens/summary/text';
import type { RecordShown } from '../../../../pwa/src/store/types';
import { shown } from '../shown';

const staff = shown(
  'member',
  { name: 'Rosa Delgado', telephone: '+1 555 0100' },
  { id: 'rosa', patient: null },
);
const patient = shown(
  'patient',
  { name: { given: 'Ana', family: 'Ruiz', prefix: 'Ms.' } },
  { id: 'p' },
);
const rival = (value: string, seq: number) => ({
  value,
  member: 'rosa',
  at: 0,
  seq,
  seen: 0,
});

function sourceOf(visit: RecordShown, ...records: RecordShown[]): SummarySource {
  const all = [patient, visit, ...records];
  return {
    visit,
    patient,
    of: (kind) => all.filter((record) => record.kind === kind),
    get: (id) => all.find((record) => record.id === id) ?? null,
    member: (id) => (id === 'rosa' ? staff : null),
    organisation: 'Riverside',
  };
}

test('a contested dose is told with every value, marked as being checked', () => {
  const medication = shown(
    'medication',
    { name: 'Lisinopril', dose: '10 mg', status: 'active' },
    { contested: { dose: [rival('10 mg', 2), rival('5 mg', 1)] } },
  );
  const content = summaryOf(sourceOf(shown('visit', {}), medication), 'en');
  expect(content.medications[0]?.directions).toEqual([['10 mg', '5 mg']]);
  expect(textOf(content)).toContain('Lisinopril · 10 mg or 5 mg (being checked)');
  expect(textOf(summaryOf(sourceOf(shown('visit', {}), medication), 'es'))).toContain(
    '10 mg o 5 mg (en revisión)',
  );
});

test('what was measured at this visit is told, and what was taken back is not', () => {
  const visit = shown('visit', {});
  const pressure = {
    code: '85354-9',
    systolic: 128,
    diastolic: 76,
    unit: 'mm[Hg]',
  };
  const content = summaryOf(
    sourceOf(
      visit,
      shown('observation', { ...pressure, visit: visit.id }),
      shown('observation', {
        ...pressure,
        visit: visit.id,
        status: 'entered-in-error',
      }),
      shown('observation', { ...pressure, visit: 'another' }),
    ),
    'en',
  );
  expect(content.measurements).toEqual([{ name: 'Blood pressure', value: '128/76\u00a0mmHg' }]);
});

test('allergies are listed, stated to be none, or not known: three different things', () => {
  const none = sourceOf(shown('visit', {}));
  expect(summaryOf(none, 'en').allergies.state).toBe('unknown');
  const stated = {
    ...none,
    patient: {
      ...patient,
      fields: { ...patient.fields, no_known_allergies: 'stated' },
    },
  };
  expect(summaryOf(stated, 'en').allergies.state).toBe('none');
  const latex = shown('allergy', {
    substance: 'Latex',
    clinical_status: 'active',
    criticality: 'high',
    reactions: [{ manifestation: 'Hives' }],
  });
  const over = shown('allergy', {
    substance: 'Dust',
    clinical_status: 'resolved',
  });
  expect(summaryOf(sourceOf(shown('visit', {}), latex, over), 'en').allergies.listed).toEqual([
    { substance: ['Latex'], detail: 'can be serious: Hives' },
  ]);
});

test('the next appointment is the first after the visit, with every start that is asked about', () => {
  const at = (day: string) => ({
    local: `2026-11-${day}T10:00`,
    zone: 'America/New_York',
  });
  const visit = shown('visit', { actual_end: '2026-11-21T11:00:00-05:00' });
  const booked = (day: string, more = {}) =>
    shown('appointment', { type: 'lab', status: 'booked', start: at(day) }, more);
  const asked = booked('24', {
    contested: {
      start: [rival('', 2), rival('', 1)].map((one, n) => ({
        ...one,
        value: at(n ? '25' : '24'),
      })),
    },
  });
  const { next } = summaryOf(sourceOf(visit, booked('20'), booked('28'), asked), 'en');
  expect(next?.when).toHaveLength(2);
  expect(next?.when[0]).toContain('Nov 24');
});

test('the text that is signed is the same for the same content', () => {
  const visit = shown('visit', {
    member: 'rosa',
    plain_summary: 'You are well.\nKeep walking.',
    next_steps: [{ step: 'Call us', who: 'Ana', when: '2026-11-28' }],
  });
  const text = textOf(summaryOf(sourceOf(visit), 'en'));
  expect(text).toBe(textOf(summaryOf(sourceOf(visit), 'en')));
  expect(text.split('\n')).toEqual([
    'Your visit summary',
    'Ana Ruiz',
    'Riverside',
    'Visited by Rosa Delgado',
    'No allergies written down yet. Please tell us about any that you have.',
    '',
    'What we talked about',
    '- You are well.',
    '- Keep walking.',
    '',
    'What happens next',
    '- Call us · Ana · Nov 28, 2026',
    '',
    'Questions? Call',
    '- Rosa Delgado · +1 555 0100',
  ]);
});

test('a shared file is named by its day and the person, in letters that every disk takes', () => {
  expect(fileNameOf('Ana Ruiz', '2026-11-21T11:00:00-05:00')).toBe('2026-11-21 Ruiz.pdf');
  expect(fileNameOf('A/B\\C:D', undefined)).toBe('ABCD.pdf');
  expect(fileNameOf('', undefined)).toBe('summary.pdf');
});
