/** The list held against the bottles on the table: what was found of each medication during one visit. */
import type { Json, RecordShown } from '../../store/types';

export type Found = 'as_listed' | 'different' | 'not_taking' | 'not_found';
export const FOUND: readonly Found[] = ['as_listed', 'different', 'not_taking', 'not_found'];

/** Nobody expects these on the table. */
const OVER = new Set(['completed', 'stopped', 'entered-in-error']);

/** What should be at home, by name. A contested status keeps a medication on the list as long as one side has it there. */
export function listedMedications(medications: readonly RecordShown[]): RecordShown[] {
  const listed = medications.filter(({ fields, contested }) => {
    const statuses = contested.status?.map(({ value }) => value) ?? [fields.status ?? 'unknown'];
    return statuses.some((status) => !OVER.has(String(status)));
  });
  return listed.sort((a, b) => String(a.fields.name).localeCompare(String(b.fields.name)));
}

/** What was found of each medication, by its id. The log only grows: of two looks the later one counts. */
export function foundByMedication(log: Json | undefined): Map<string, Found> {
  const looks = (Array.isArray(log) ? log : []).flatMap((entry): [string, Found][] => {
    if (entry === null || typeof entry !== 'object' || Array.isArray(entry)) return [];
    const { medication, seen } = entry;
    return typeof medication === 'string' && isFound(seen) ? [[medication, seen]] : [];
  });
  return new Map(looks);
}

function isFound(value: Json | undefined): value is Found {
  return FOUND.some((found) => found === value);
}
