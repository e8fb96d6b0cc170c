/** When a patient was last seen and when they are seen next, in words. */
import type { PatientRow } from '../../store/types';
import { formatDaysFrom, t } from '../../words';

export function seenText(
  { last_visit }: Pick<PatientRow, 'last_visit'>,
  today: string,
  dayOf: (at: number) => string,
): string {
  if (last_visit === null) return t('patients.never_seen');
  return t('patients.seen', { when: formatDaysFrom(today, dayOf(last_visit)) });
}

/** On which day the patient is seen next. */
export function nextText(next: number, today: string, dayOf: (at: number) => string): string {
  return t('patients.next', { when: formatDaysFrom(today, dayOf(next)) });
}
