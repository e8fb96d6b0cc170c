/** Which medications count as taken now. */
import type { RecordShown } from '../../store/types';

const PAST = ['completed', 'stopped', 'not-taken', 'entered-in-error'];

/** While it is contested whether a medication is stopped, it stands among those taken. */
export function isCurrent({ fields, contested }: RecordShown): boolean {
  const claimed = contested.status?.map(({ value }) => value) ?? [fields.status ?? null];
  return claimed.some((status) => !PAST.includes(String(status)));
}

/** "10 mg · by mouth · every morning": what is known of how it is taken, without what is contested. */
export function howTaken({ fields, contested }: RecordShown, route: string | null): string {
  const parts = { dose: fields.dose, route, timing: fields.timing };
  return Object.entries(parts)
    .filter(([name, said]) => said && !(name in contested))
    .map(([, said]) => String(said))
    .join(' · ');
}
