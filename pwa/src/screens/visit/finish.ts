/** The end of a visit: finished, or called off with the reason why it did not take place. */
import type { Edit, RecordShown } from '../../store/types';
import type { VisitRun } from './run.svelte';

export function finishEdits(run: VisitRun, visit: RecordShown): Edit[] {
  const finished = run.editOf(visit, { set: { status: 'finished', actual_end: run.now() } });
  return [finished, ...appointmentEdit(run, visit, 'fulfilled')];
}

/** The appointment was missed where nobody was home; otherwise it may still be moved, and stays as it is. */
export function callOffEdits(run: VisitRun, visit: RecordShown, reason: string): Edit[] {
  const cancelled = run.editOf(visit, {
    set: { status: 'cancelled', missed_reason: reason, actual_end: run.now() },
  });
  return [cancelled, ...(reason === 'not-home' ? appointmentEdit(run, visit, 'noshow') : [])];
}

function appointmentEdit(run: VisitRun, visit: RecordShown, status: string): Edit[] {
  const { appointment } = visit.fields;
  const planned = typeof appointment === 'string' ? run.chart.get(appointment) : null;
  return planned && planned.fields.status !== status
    ? [run.editOf(planned, { set: { status } })]
    : [];
}
