import { expect, test } from 'vitest';
import { fieldNamed } from '../../../../pwa/src/fields/catalogue';
import {
  foundByMedication,
  listedMedications,
} from '../../../../pwa/src/screens/visit/medications';
import { answersBy } from '../../../../pwa/src/screens/visit/safety-check';
import {
  isStep,
  missingIn,
  recordedIn,
  SECTIONS,
  stepAfter,
  stepBefore,
  STEPS,
} from '../../../../pwa/src/screens/visit/steps';
import { shown } from '../shown';

test('the steps lead from the door to the signature and back', () => {
  expect(stepBefore('start')).toBeNull();
  expect(stepAfter('sign')).toBeNull();
  for (const step of STEPS.slice(0, -1)) expect(stepBefore(stepAfter(step)!)).toBe(step);
  expect(isStep('vitals')).toBe(true);
  expect(isStep('lunch')).toBe(false);
});

test('a step counts what it recorded', () => {
  const visit = shown('visit', {
    present: ['p'],
    safety_check: [
      { item: 'pets', answer: 'fine' },
      { item: 'weapons', answer: 'concern' },
      { item: 'weapons', answer: 'not-checked' },
    ],
    note_how: 'Well.',
    note_done: ' ',
    tasks_done: ['t'],
  });
  const made = (kind: string) => (kind === 'observation' ? [shown('observation', {})] : []);
  const count = Object.fromEntries(STEPS.map((step) => [step, recordedIn(step, { visit, made })]));
  expect(count).toEqual({
    start: 2,
    vitals: 1,
    medications: 0,
    goals: 0,
    needs: 0,
    tasks: 1,
    note: 1,
    next: 0,
    sign: 0,
  });
});

test('a missing note and a missing signature are told, and keep nobody from finishing', () => {
  expect(missingIn(shown('visit', {}))).toEqual(['note', 'signature']);
  expect(missingIn(shown('visit', { note_done: 'All.', signature: [{ name: 'A' }] }))).toEqual([]);
});

test('the sections of the note are those that a signature locks', () => {
  expect(fieldNamed('visit', 'signature')?.locks).toEqual(expect.arrayContaining([...SECTIONS]));
});

test('of two looks at one medication the later counts', () => {
  const log = [
    { medication: 'm', seen: 'as_listed' },
    { medication: 'n', seen: 'not_found' },
    { medication: 'm', seen: 'different' },
    { medication: 'm', seen: 'as_listed' },
    { medication: 'x', seen: 'sideways' },
  ];
  expect([...foundByMedication(log)]).toEqual([
    ['m', 'as_listed'],
    ['n', 'not_found'],
  ]);
  expect(foundByMedication(undefined).size).toBe(0);
});

test('what was stopped is not looked for, unless somebody says that it was not', () => {
  const stopped = shown('medication', { name: 'B', status: 'stopped' });
  const asked = shown('medication', { name: 'A', status: 'stopped' });
  asked.contested.status = ['stopped', 'active'].map((value, seq) => ({
    value,
    member: 'm',
    at: 0,
    seq,
    seen: 0,
  }));
  const unknown = shown('medication', { name: 'C' });
  expect(listedMedications([unknown, stopped, asked]).map(({ fields }) => fields.name)).toEqual([
    'A',
    'C',
  ]);
});

test('the later answer about the home counts', () => {
  const log = [
    { item: 'pets', answer: 'fine' },
    { item: 'pets', answer: 'concern' },
  ];
  expect(answersBy(log).get('pets')).toBe('concern');
});
