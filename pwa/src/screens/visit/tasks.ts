/** Tasks of the chart as a visit sees them: what is open, and what was done at this door. */
import type { Edit, RecordShown } from '../../store/types';
import type { VisitRun } from './run.svelte';

export const OUTCOMES = ['helped', 'partly', 'no-change', 'made-worse'] as const;

const OVER = new Set(['completed', 'failed', 'cancelled', 'rejected', 'draft']);

/** Open ones by the day they are due, those without a day last. */
export function openTasks(tasks: readonly RecordShown[]): RecordShown[] {
  const due = ({ fields }: RecordShown): string =>
    typeof fields.due === 'string' ? fields.due : '9999';
  return tasks
    .filter(({ fields }) => !OVER.has(String(fields.status ?? 'requested')))
    .sort((a, b) => due(a).localeCompare(due(b)));
}

export function doneTasks(tasks: readonly RecordShown[], visit: RecordShown): RecordShown[] {
  const done = Array.isArray(visit.fields.tasks_done) ? visit.fields.tasks_done : [];
  return tasks.filter(({ id }) => done.includes(id));
}

export function doneEdits(
  run: VisitRun,
  visit: RecordShown,
  task: RecordShown,
  outcome: string | null,
): Edit[] {
  return [
    run.editOf(task, { set: { status: 'completed', ...(outcome && { outcome }) } }),
    run.editOf(visit, { add: { tasks_done: [task.id] } }),
  ];
}

/** A slip of the thumb: the task is open again, and this visit did not do it. */
export function undoneEdits(run: VisitRun, visit: RecordShown, task: RecordShown): Edit[] {
  return [
    run.editOf(task, { set: { status: 'in-progress', outcome: null } }),
    run.editOf(visit, { remove: { tasks_done: [task.id] } }),
  ];
}
