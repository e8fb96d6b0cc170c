/** What waits in Review, sorted by what a person has to do about it. Pure: rows in, rows out. */
import type { Notice, ReviewRow } from '../../store/types';

export interface Entries {
  /** Contested: somebody must decide. The newest first. */
  decide: ReviewRow[];
  /** Writes of this member that a rule set aside: to be known, and put back where that was wrong. */
  mine: ReviewRow[];
  /** Writes of others that a rule set aside: settled, and open to a second look. */
  others: ReviewRow[];
}

export function entriesOf(rows: readonly ReviewRow[], patient: string | null): Entries {
  const shown = rows
    .filter((row) => patient === null || row.patient === patient)
    .sort((a, b) => b.at - a.at);
  return {
    decide: shown.filter(({ state }) => state === 'contested'),
    mine: shown.filter(({ state, mine }) => state === 'overruled' && mine),
    others: shown.filter(({ state, mine }) => state === 'overruled' && !mine),
  };
}

/** Notices of writes that do not stand in Review anyway, where they are told with what became of them. */
export function untold(notices: readonly Notice[], rows: readonly ReviewRow[]): Notice[] {
  const told = new Set(rows.map(({ record, field }) => `${record}/${field}`));
  return notices.filter(({ record, field }) => !told.has(`${record}/${field}`));
}

export function keyOf({ record, field, state }: ReviewRow): string {
  return [record, field, state].join('/');
}
