import { expect, test } from 'vitest';
import { Chart, Records } from '../../../pwa/src/state/chart.svelte';
import type { RecordShown } from '../../../pwa/src/store/types';

const record = (id: string, kind: string, deleted = false): RecordShown => ({
  id,
  kind,
  patient: 'p',
  version: 1,
  deleted,
  fields: {},
  contested: {},
  overruled: {},
  unsent: [],
});

test('records are found by kind and by id, in the order in which they were made', () => {
  const records = new Records();
  records.show([record('c', 'goal'), record('a', 'goal'), record('b', 'task')]);
  expect(records.of('goal').map(({ id }) => id)).toEqual(['a', 'c']);
  expect(records.of('need')).toEqual([]);
  expect(records.get('b')?.kind).toBe('task');
  expect(records.all()).toHaveLength(3);
});

test('a deleted record is in no list, and still known by its id', () => {
  const records = new Records();
  records.show([record('a', 'goal', true)]);
  expect(records.of('goal')).toEqual([]);
  expect(records.get('a')?.deleted).toBe(true);
});

test('what is shown anew replaces all there was', () => {
  const records = new Records();
  records.show([record('a', 'goal')]);
  records.show([record('b', 'goal')]);
  expect(records.of('goal').map(({ id }) => id)).toEqual(['b']);
  expect(records.get('a')).toBeNull();
});

test('a chart knows the record of its patient', () => {
  const chart = new Chart('p');
  expect([chart.state, chart.patient]).toEqual(['loading', null]);
  chart.show([record('p', 'patient')]);
  expect(chart.patient?.id).toBe('p');
});
