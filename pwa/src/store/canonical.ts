/** Equality of values: two are equal when their canonical JSON (RFC 8785) is. */
import type { Json } from './types';

/** Text is taken in NFC. ECMAScript's own order of text and form of numbers are those of RFC 8785. */
export function canonical(value: Json): string {
  return JSON.stringify(value, (_, member: Json) => {
    if (typeof member === 'string') return member.normalize('NFC');
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(
      Object.keys(member)
        .sort()
        .map((name) => [name, member[name]]),
    );
  });
}

export function isEqual(one: Json, other: Json): boolean {
  return canonical(one) === canonical(other);
}
