/**
 * When a patient is to be seen again: so many days after the last finished visit, or after the chart came into hand
 * when there was none. The assignment says how many; without a word from it, a month.
 */
import type { PatientRow } from '../store/types';
import { addDays, daysBetween } from './days';

export const USUAL_DAYS = 30;

type Seen = Pick<PatientRow, 'deceased' | 'last_visit' | 'held_from' | 'contact_every_days'>;

/** The day by which contact is due; null where nobody is to be contacted or nothing says since when. */
export function contactDue(row: Seen, dayOf: (at: number) => string): string | null {
  if (row.deceased) return null;
  const since = row.last_visit === null ? row.held_from : dayOf(row.last_visit);
  return since === null ? null : addDays(since, row.contact_every_days ?? USUAL_DAYS);
}

/** By how many days contact is overdue today; 0 when it is not. */
export function daysOverdue(row: Seen, today: string, dayOf: (at: number) => string): number {
  const due = contactDue(row, dayOf);
  return due === null ? 0 : Math.max(0, daysBetween(due, today));
}
