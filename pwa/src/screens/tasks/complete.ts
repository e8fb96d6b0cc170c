/** Ending a task and taking that back: two edits, each of which says only what it changes. */
import type { Edit, Json, RecordShown } from '../../store/types';

export const OUTCOMES = ['helped', 'partly', 'no-change', 'made-worse'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** `outcome` null: done, and nobody can tell yet whether it helped. */
export function completion(task: RecordShown, outcome: Outcome | null): Edit {
  return edit(task, { status: 'completed', ...(outcome && { outcome }) });
}

/** Writes back what stood before. `shown` is the record as it stands after the completion. */
export function undoing(shown: RecordShown, before: RecordShown): Edit {
  const set: Record<string, Json> = { status: before.fields.status ?? null };
  const outcome = before.fields.outcome ?? null;
  if ((shown.fields.outcome ?? null) !== outcome) set.outcome = outcome;
  return edit(shown, set);
}

function edit({ id, kind, patient, version }: RecordShown, set: Record<string, Json>): Edit {
  return { record: id, kind, patient, seen: version, set };
}
