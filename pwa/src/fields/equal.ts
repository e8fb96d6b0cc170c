/** When two values are one and the same: protocol.md, "The rules" (equal canonical JSON, text in NFC). */
import type { Json } from '../store/types';

/** JSON with the keys of every object in order and every text in NFC: equal values give equal strings. */
export function canonical(value: Json): string {
  return JSON.stringify(ordered(value));
}

export function isEqual(one: Json | undefined, other: Json | undefined): boolean {
  return canonical(one ?? null) === canonical(other ?? null);
}

/** Nothing was entered: null, blank text, an empty list, an object of which no member says anything. */
export function isBlank(value: Json | undefined): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value === 'string') return value.trim() === '';
  if (Array.isArray(value)) return value.length === 0;
  if (typeof value === 'object') return Object.values(value).every(isBlank);
  return false;
}

function ordered(value: Json): Json {
  if (typeof value === 'string') return value.normalize('NFC');
  if (Array.isArray(value)) return value.map(ordered);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, member]) => [key, ordered(member)]),
  );
}
