/** What each tap of a visit keeps: always the edits that belong together, in one write. */
import { expect, test } from 'vitest';
import { callOffEdits, finishEdits } from '../../../../pwa/src/screens/visit/finish';
import { lookEdits } from '../../../../pwa/src/screens/visit/goals';
import { VisitRun } from '../../../../pwa/src/screens/visit/run.svelte';
import { hashOf } from '../../../../pwa/src/screens/visit/signing';
import { beginVisit, visitOf } from '../../../../pwa/src/screens/visit/start';
import { doneEdits, openTasks, undoneEdits } from '../../../../pwa/src/screens/visit/tasks';
import type { App } from '../../../../pwa/src/state/app.svelte';
import { Chart } from '../../../../pwa/src/state/chart.svelte';
import type { Edit, RecordShown } from '../../../../pwa/src/store/types';
import { shown } from '../shown';

function runOf(
  visit: RecordShown,
  ...others: RecordShown[]
): { run: VisitRun; kept: Edit[][]; full: () => void } {
  const chart = new Chart('p');
  chart.show([visit, ...others]);
  const kept: Edit[][] = [];
  let isFull = false;
  let made = 0;
  const app = {
    chart: () => chart,
    me: { member: 'me' },
    newId: () => `new-${(made += 1)}`,
    index: { visits: [] },
    save: async (edits: Edit[]) => {
      if (isFull) throw new Error('full');
      kept.push(edits);
    },
  };
  return {
    run: new VisitRun(app as unknown as App, visit.id, 'p'),
    kept,
    full: () => (isFull = true),
  };
}

test('saved is said when the write is done, and not where there was no room', async () => {
  const visit = shown('visit', {});
  const { run, kept, full } = runOf(visit);
  expect(run.saved).toBe('idle');
  const writing = run.say({ add: { reason: ['routine'] } });
  expect(run.saved).toBe('saving');
  expect(await writing).toBe(true);
  expect(run.saved).toBe('saved');
  expect(kept).toEqual([
    [
      {
        record: visit.id,
        kind: 'visit',
        patient: 'p',
        seen: 7,
        add: { reason: ['routine'] },
      },
    ],
  ]);
  full();
  expect(await run.say({ add: { reason: ['fall'] } })).toBe(false);
  expect(run.saved).toBe('failed');
});

test('a visit begins with who leads it, when, and the patient present', async () => {
  const kept: Edit[][] = [];
  const app = {
    newId: () => 'v',
    me: { member: 'me' },
    save: async (edits: Edit[]) => void kept.push(edits),
  };
  expect(await beginVisit(app as unknown as App, 'p', 'a')).toBe('v');
  const [edit] = kept[0]!;
  expect(edit).toMatchObject({
    record: 'v',
    kind: 'visit',
    set: { member: 'me', status: 'in-progress', appointment: 'a' },
    add: { present: ['p'] },
  });
  expect(edit?.set?.actual_start).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/);
});

test('an appointment leads to the visit that was begun for it, unless that was called off', () => {
  const visits = [
    { id: 'old', appointment: 'a', status: 'cancelled' },
    { id: 'v', appointment: 'a', status: 'in-progress' },
  ];
  const app = { index: { visits } } as unknown as App;
  expect(visitOf(app, 'a')).toBe('v');
  expect(visitOf(app, 'b')).toBeNull();
  expect(visitOf(app, null)).toBeNull();
});

test('a second look at a goal marks the first as a mistake and says what the goal has come to', () => {
  const goal = shown('goal', {
    target_unit: 'm',
    achievement_status: 'no-change',
  });
  const visit = shown('visit', {});
  const first = shown('goal_progress', {
    goal: goal.id,
    visit: visit.id,
    trend: 'same',
    status: 'final',
  });
  const { run } = runOf(visit, goal, first);
  const edits = lookEdits(run, goal, { trend: 'better', value: 280 });
  expect(edits.map(({ kind }) => kind)).toEqual(['goal_progress', 'goal_progress', 'goal']);
  expect(edits[0]).toMatchObject({
    record: first.id,
    set: { status: 'entered-in-error' },
  });
  expect(edits[1]?.set).toMatchObject({
    goal: goal.id,
    trend: 'better',
    value: 280,
    unit: 'm',
    recorder: 'me',
  });
  expect(edits[2]?.set).toEqual({ achievement_status: 'improving' });
});

test('a look that changes nothing of the goal leaves the goal alone', () => {
  const goal = shown('goal', { achievement_status: 'improving' });
  const { run } = runOf(shown('visit', {}), goal);
  expect(lookEdits(run, goal, { trend: 'better', value: null }).map(({ kind }) => kind)).toEqual([
    'goal_progress',
  ]);
});

test('a task done at the door is done in the task and told in the visit, and can be undone', () => {
  const [visit, task] = [shown('visit', {}), shown('task', { status: 'requested' })];
  const { run } = runOf(visit, task);
  expect(doneEdits(run, visit, task, 'helped')).toMatchObject([
    { record: task.id, set: { status: 'completed', outcome: 'helped' } },
    { record: visit.id, add: { tasks_done: [task.id] } },
  ]);
  expect(doneEdits(run, visit, task, null)[0]?.set).toEqual({
    status: 'completed',
  });
  expect(undoneEdits(run, visit, task)).toMatchObject([
    { set: { status: 'in-progress', outcome: null } },
    { remove: { tasks_done: [task.id] } },
  ]);
});

test('open tasks stand by the day they are due', () => {
  const tasks = [
    shown('task', {
      description: 'later',
      due: '2026-12-01',
      status: 'requested',
    }),
    shown('task', { description: 'no day' }),
    shown('task', {
      description: 'over',
      status: 'completed',
      due: '2026-11-01',
    }),
    shown('task', {
      description: 'first',
      due: '2026-11-22',
      status: 'in-progress',
    }),
  ];
  expect(openTasks(tasks).map(({ fields }) => fields.description)).toEqual([
    'first',
    'later',
    'no day',
  ]);
});

test('finishing keeps its appointment; calling off marks it missed only where nobody was home', () => {
  const appointment = shown('appointment', { status: 'booked' });
  const visit = shown('visit', { appointment: appointment.id });
  const { run } = runOf(visit, appointment);
  expect(finishEdits(run, visit)).toMatchObject([
    { record: visit.id, set: { status: 'finished' } },
    { record: appointment.id, set: { status: 'fulfilled' } },
  ]);
  expect(callOffEdits(run, visit, 'not-home')[1]).toMatchObject({
    set: { status: 'noshow' },
  });
  expect(callOffEdits(run, visit, 'weather')).toHaveLength(1);
});

test('what is signed is hashed as UTF-8', async () => {
  expect(await hashOf('Año')).toBe(
    '9100502b8574b07bc4ae48827184a18ed5c5f0774df74ed99b966c404f867606',
  );
  expect(await hashOf('abc')).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
});
