import { expect, test } from 'vitest';
import { settling } from '../../../../pwa/src/screens/review/decision';
import { entriesOf, untold } from '../../../../pwa/src/screens/review/entries';
import { linesOf } from '../../../../pwa/src/screens/review/refused';
import type { Change, Notice, ReviewRow } from '../../../../pwa/src/store/types';
import { shown } from '../shown';

const row = (field: string, more: Partial<ReviewRow>): ReviewRow => ({
  record: 'r',
  kind: 'medication',
  patient: 'p',
  field,
  state: 'contested',
  at: 0,
  mine: false,
  ...more,
});

test('what a person must decide stands apart from what a rule settled, the newest first', () => {
  const rows = [
    row('dose', { at: 1 }),
    row('status', { at: 2 }),
    row('priority', { state: 'overruled', mine: true }),
    row('due', { state: 'overruled' }),
  ];
  const { decide, mine, others } = entriesOf(rows, null);
  expect(decide.map(({ field }) => field)).toEqual(['status', 'dose']);
  expect(mine.map(({ field }) => field)).toEqual(['priority']);
  expect(others.map(({ field }) => field)).toEqual(['due']);
});

test('one patient can be looked at alone', () => {
  const rows = [row('dose', {}), row('name', { patient: 'q' })];
  expect(entriesOf(rows, 'q').decide.map(({ field }) => field)).toEqual(['name']);
});

test('a notice is told only where Review does not tell of the write anyway', () => {
  const notice = (field: string): Notice => ({
    device: 'd',
    n: 1,
    record: 'r',
    field,
    value: null,
    kind: 'medication',
    patient: 'p',
    told_at: 0,
  });
  const rows = [row('dose', {}), row('priority', { state: 'overruled', mine: true })];
  const told = untold([notice('dose'), notice('priority'), notice('timing')], rows);
  expect(told.map(({ field }) => field)).toEqual(['timing']);
});

test('deciding writes the field having seen every candidate on the screen', () => {
  const record = shown('medication', { dose: '5 mg' }, { version: 231 });
  expect(settling(record, 'dose', '5 mg')).toEqual({
    record: record.id,
    kind: 'medication',
    patient: 'p',
    seen: 231,
    set: { dose: '5 mg' },
  });
});

test('a contested deletion is settled by a deletion or a keep, which say nothing else', () => {
  const record = shown('need', {});
  expect(settling(record, 'deleted', true)).toMatchObject({ delete: true });
  expect(settling(record, 'deleted', false)).toMatchObject({ delete: false });
  expect(settling(record, 'deleted', false)).not.toHaveProperty('set');
});

test('a change that was not accepted is told line by line', () => {
  const change: Change = {
    n: 1,
    at: 0,
    record: 'r',
    kind: 'medication',
    patient: 'p',
    seen: 0,
    set: { dose: '5 mg', status: 'stopped' },
    add: { side_effects: ['dizziness'] },
    remove: { side_effects: ['nausea'] },
  };
  expect(linesOf(change, () => null)).toEqual([
    { name: 'Dose', value: '5 mg' },
    { name: 'Status', value: 'Stopped' },
    { name: 'Side effects: added', value: 'dizziness' },
    { name: 'Side effects: taken out', value: 'nausea' },
  ]);
  expect(
    linesOf({ ...change, set: {}, add: {}, remove: {}, delete: true }, () => null),
  ).toHaveLength(1);
});

test('what a newer version of the app had said is read as far as it can be', () => {
  const change = { n: 1, at: 1, record: 'r', kind: 'home_safety', patient: 'p', seen: 0 };
  expect(linesOf({ ...change, set: { steps: 12, is_lit: false } }, () => null)).toEqual([
    { name: 'Steps', value: '12' },
    { name: 'Is lit', value: 'No' },
  ]);
});
