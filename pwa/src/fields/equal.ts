/** When two values of a form are the same, and when one says nothing at all. */
import { canonical } from '../store/canonical';
import type { Json } from '../store/types';

export { canonical };

/** A missing value is null. */
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
