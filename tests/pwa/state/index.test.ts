import { expect, test } from 'vitest';
import { Index } from '../../../pwa/src/state/index.svelte';
import type { PatientRow, Summary, TaskRow } from '../../../pwa/src/store/types';

function summary(id: string, tasks: string[]): Summary {
  return {
    patient: { id } as PatientRow,
    appointments: [],
    visits: [],
    tasks: tasks.map((task) => ({ id: task }) as TaskRow),
    review: [],
  };
}

test('the rows of all charts stand in one list each', () => {
  const index = new Index();
  index.show([summary('p', ['a', 'b']), summary('q', ['c'])]);
  expect(index.patients.map(({ id }) => id)).toEqual(['p', 'q']);
  expect(index.tasks.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  expect(index.patient('q')?.id).toBe('q');
  expect(index.patient('r')).toBeNull();
});

test('the library and a chart whose patient has not come yet have no patient row', () => {
  const index = new Index();
  index.show([{ ...summary('p', ['a']), patient: null }]);
  expect(index.patients).toEqual([]);
  expect(index.tasks).toHaveLength(1);
});

test('a patient is found by what is shown last', () => {
  const index = new Index();
  index.show([summary('p', [])]);
  index.show([]);
  expect(index.patient('p')).toBeNull();
});
