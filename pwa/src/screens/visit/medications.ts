/** The list held against the bottles on the table: what was said of each medication during one visit. */
import type { Json, RecordShown } from '../../store/types';

export type Seen = 'as_listed' | 'different' | 'not_taking' | 'not_found';
export const SEEN: readonly Seen[] = ['as_listed', 'different', 'not_taking', 'not_found'];

/** Those that a person should have at home: taken, to be started, paused, or not known. */
const AT_HOME = new Set(['active', 'intended', 'on-hold', 'unknown', 'not-taken']);

export function listedMedications(medications: readonly RecordShown[]): RecordShown[] {
  const listed = medications.filter(({ fields, contested }) => {
    const statuses = contested.status?.map(({ value }) => value) ?? [fields.status ?? 'active'];
    return statuses.some((status) => AT_HOME.has(String(status)));
  });
  return listed.sort((a, b) => String(a.fields.name).localeCompare(String(b.fields.name)));
}

/**
 * What was found of each medication, by its id. The log only grows, so a second look stands beside the first:
 * the latest counts.
 */
export function seenByMedication(log: Json | undefined): Map<string, Seen> {
  const looks = (Array.isArray(log) ? log : []).flatMap((entry) => {
    if (entry === null || typeof entry !== 'object' || Array.isArray(entry)) return [];
    const { medication, seen, at } = entry;
    return typeof medication === 'string' && isSeen(seen)
      ? [{ medication, seen, at: String(at ?? '') }]
      : [];
  });
  const inTime = looks.sort((a, b) => instantOf(a.at) - instantOf(b.at));
  return new Map(inTime.map(({ medication, seen }) => [medication, seen]));
}

function isSeen(value: Json | undefined): value is Seen {
  return SEEN.some((seen) => seen === value);
}

function instantOf(at: string): number {
  return Date.parse(at) || 0;
}
