/** The caseload as Patients lists it: what each row shows, how it is searched and filtered, and in which order. */
import { foldText } from '../../store/summarise';
import type { AppointmentRow, PatientRow } from '../../store/types';
import { daysOverdue } from '../contact';
import { isOn, timesOf } from '../today/day';

export interface CaseloadRow {
  patient: PatientRow;
  /** Start of the next appointment that is still on. */
  next: number | null;
  /** When they are expected today, even if the hour has passed. */
  todayAt: number | null;
  overdue: number;
  isContested: boolean;
}

export type Filter = 'overdue' | 'today' | 'contested' | 'interpreter' | `language:${string}`;

interface Moment {
  now: number;
  today: string;
  dayOf: (at: number) => string;
}

/** Overdue first, the longest first; then by family name. Those who have died come last. */
export function caseload(
  patients: readonly PatientRow[],
  appointments: readonly AppointmentRow[],
  contested: ReadonlySet<string>,
  { now, today, dayOf }: Moment,
): CaseloadRow[] {
  const starts = new Map<string, number[]>();
  for (const one of appointments.filter(isOn)) {
    starts.set(one.patient, [...(starts.get(one.patient) ?? []), ...timesOf(one)]);
  }
  const collator = new Intl.Collator(undefined, { sensitivity: 'base' });
  return patients
    .map((patient): CaseloadRow => {
      const times = patient.deceased ? [] : (starts.get(patient.id) ?? []);
      return {
        patient,
        next: least(times.filter((at) => at >= now)),
        overdue: daysOverdue(patient, today, dayOf),
        todayAt: least(times.filter((at) => dayOf(at) === today)),
        isContested: contested.has(patient.id),
      };
    })
    .sort(
      (a, b) =>
        Number(a.patient.deceased) - Number(b.patient.deceased) ||
        b.overdue - a.overdue ||
        collator.compare(sortName(a.patient), sortName(b.patient)) ||
        (a.patient.id < b.patient.id ? -1 : 1),
    );
}

export function isShown(row: CaseloadRow, filters: ReadonlySet<Filter>): boolean {
  return [...filters].every((filter) => {
    if (filter === 'overdue') return row.overdue > 0;
    if (filter === 'today') return row.todayAt !== null;
    if (filter === 'contested') return row.isContested;
    if (filter === 'interpreter') return row.patient.interpreter_required;
    return row.patient.language === filter.slice('language:'.length);
  });
}

/** Every word of the query stands somewhere in the row, whatever its case and accents. */
export function isFound({ search }: PatientRow, query: string): boolean {
  return foldText(query)
    .split(' ')
    .every((word) => search.includes(word));
}

/** The languages spoken in this caseload, the most frequent first; none where all speak the same. */
export function languagesOf(patients: readonly PatientRow[]): string[] {
  const count = new Map<string, number>();
  for (const { language } of patients) {
    if (language) count.set(language, (count.get(language) ?? 0) + 1);
  }
  const inOrder = [...count].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return inOrder.length > 1 ? inOrder.map(([language]) => language) : [];
}

function least(times: readonly number[]): number | null {
  return times.length ? Math.min(...times) : null;
}

function sortName({ name }: PatientRow): string {
  return `${name.family ?? ''} ${name.given ?? ''}`;
}
