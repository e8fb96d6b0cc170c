/** Names of people and what is made from them. A name is `{family, given, prefix?}`; any part may be missing. */
import type { Json, PersonName } from '../store/types';

/** As it is spoken to: “Ms. Ana Ruiz”. */
export function personName(name: Json | PersonName | undefined): string {
  if (typeof name === 'string') return name;
  if (!name || typeof name !== 'object' || Array.isArray(name)) return '';
  return [name.prefix, name.given, name.family].flat().filter(Boolean).join(' ');
}

/** As it stands in a list, where everybody's title would stand in the way: “Ana Ruiz”. */
export function listName(name: PersonName): string {
  return personName({ ...name, prefix: '' });
}

/** The first letters of the first and the last word, for the disc that stands for a person; a title (“Dr.”) is none of them. */
export function initials(name: string): string {
  const all = name.split(/[\s-]+/u).filter((word) => /^\p{L}/u.test(word));
  const withoutTitle = all.filter((word) => !word.endsWith('.'));
  const words = withoutTitle.length ? withoutTitle : all;
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words.slice(0, 1);
  return ends
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toLocaleUpperCase();
}
