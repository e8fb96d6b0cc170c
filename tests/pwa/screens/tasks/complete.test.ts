import { expect, test } from 'vitest';
import { completion, undoing } from '../../../../pwa/src/screens/tasks/complete';
import { record } from '../rows';

const task = record(
  'task',
  { status: 'in-progress', description: 'Call' },
  { id: 't1', version: 7 },
);

test('completing says the status and the outcome, and nothing else', () => {
  expect(completion(task, 'helped')).toEqual({
    record: 't1',
    kind: 'task',
    patient: 'p1',
    seen: 7,
    set: { status: 'completed', outcome: 'helped' },
  });
  expect(completion(task, null).set).toEqual({ status: 'completed' });
});

test('undoing writes back what stood before', () => {
  const done = {
    ...task,
    fields: { ...task.fields, status: 'completed', outcome: 'helped' },
  };
  expect(undoing(done, task)).toMatchObject({
    seen: 7,
    set: { status: 'in-progress', outcome: null },
  });
});

test('undoing leaves an outcome alone that the completion did not touch', () => {
  const before = { ...task, fields: { ...task.fields, outcome: 'partly' } };
  const done = { ...before, fields: { ...before.fields, status: 'completed' } };
  expect(undoing(done, before).set).toEqual({ status: 'in-progress' });
});
