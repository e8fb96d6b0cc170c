/** What Today says first, and whom it reminds of. */
import type { PatientRow } from '../../store/types';
import { daysOverdue } from '../contact';

export function greeting(hour: number): 'today.morning' | 'today.afternoon' | 'today.evening' {
  if (hour >= 5 && hour < 12) return 'today.morning';
  return hour >= 12 && hour < 18 ? 'today.afternoon' : 'today.evening';
}

export interface Overdue {
  patient: PatientRow;
  days: number;
}

/** Patients whose contact is overdue and who are not seen today anyway; the longest overdue first. */
export function overduePatients(
  patients: readonly PatientRow[],
  seenToday: ReadonlySet<string>,
  today: string,
  dayOf: (at: number) => string,
): Overdue[] {
  return patients
    .map((patient) => ({ patient, days: daysOverdue(patient, today, dayOf) }))
    .filter(({ patient, days }) => days > 0 && !seenToday.has(patient.id))
    .sort((a, b) => b.days - a.days || (a.patient.id < b.patient.id ? -1 : 1));
}
