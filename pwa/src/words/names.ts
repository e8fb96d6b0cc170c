/** Names of people and what is made from them. A name is `{family, given, prefix?}`; any part may be missing. */
import type { Json, PersonName } from '../store/types';

export function personName(name: Json | PersonName | undefined): string {
  if (typeof name === 'string') return name;
  if (!name || typeof name !== 'object' || Array.isArray(name)) return '';
  return [name.prefix, name.given, name.family].flat().filter(Boolean).join(' ');
}

/** The first letters of the first and the last word, for the disc that stands for a person. */
export function initials(name: string): string {
  const words = name.split(/[\s-]+/u).filter((word) => /^\p{L}/u.test(word));
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words.slice(0, 1);
  return ends
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toLocaleUpperCase();
}
