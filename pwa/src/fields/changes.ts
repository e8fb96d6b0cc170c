/**
 * What the author of a form changed: the `set`, `add` and `remove` of one change, and nothing else.
 * protocol.md, "The phone": `set` names only what the author changed.
 */
import type { Json } from '../store/types';
import { canonical, isBlank, isEqual } from './equal';
import type { Field } from './catalogue';
import { isStamp } from './shapes';

export type Values = Record<string, Json>;

export interface Parts {
  set: Record<string, Json>;
  add: Record<string, Json[]>;
  remove: Record<string, Json[]>;
}

export interface Form {
  fields: readonly Field[];
  /** The record's fields as the form showed them when it opened; empty for a new record. */
  before: Values;
  after: Values;
  isNew: boolean;
  /** Contested fields that the author decided: written even where the value is the one shown. */
  settled?: ReadonlySet<string>;
}

export function changesOf({ fields, before, after, isNew, settled }: Form): Parts {
  const parts: Parts = { set: {}, add: {}, remove: {} };
  for (const field of fields) {
    const was = before[field.name] ?? null;
    const is = tidy(field, after[field.name] ?? null);
    if (field.rule === 'add_wins' || field.rule === 'append') {
      const added = without(elements(is), elements(was));
      if (added.length) parts.add[field.name] = added;
      const removed = without(elements(was), elements(is));
      if (removed.length && field.rule === 'add_wins') parts.remove[field.name] = removed;
    } else if (field.rule === 'once' && !isNew) {
      continue;
    } else if (settled?.has(field.name) || !isEqual(was, is)) {
      parts.set[field.name] = is;
    }
  }
  return parts;
}

export function isEmpty(parts: Parts): boolean {
  return [parts.set, parts.add, parts.remove].every((part) => Object.keys(part).length === 0);
}

/** The same with who and when written into each element added to a list that keeps them. */
export function stamped(fields: readonly Field[], parts: Parts, by: string, at: string): Parts {
  const add = Object.entries(parts.add).map(([name, elements]): [string, Json[]] => {
    const stamps = fields.find((field) => field.name === name)?.parts?.filter(isStamp) ?? [];
    const said = Object.fromEntries(
      stamps.map((stamp) => [stamp.name, stamp.name === 'by' ? by : at]),
    );
    return [
      name,
      elements.map((element) => (isObject(element) ? { ...said, ...element } : element)),
    ];
  });
  return { ...parts, add: Object.fromEntries(add) };
}

function isObject(value: Json): value is { [key: string]: Json } {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** The values a form is left with when `parts` are made on top of `before`: how a refused change is mended. */
export function withParts(before: Values, parts: Partial<Parts>): Values {
  const after: Values = { ...before, ...parts.set };
  for (const [name, added] of Object.entries(parts.add ?? {}))
    after[name] = [...elements(after[name]), ...without(added, elements(after[name]))];
  for (const [name, removed] of Object.entries(parts.remove ?? {}))
    after[name] = without(elements(after[name]), removed);
  return after;
}

/** What stands in a form as it would be sent: texts trimmed and in NFC, what says nothing is null. */
export function tidy(field: Field, value: Json): Json {
  if (isBlank(value)) return null;
  if (Array.isArray(value)) {
    const seen = new Set<string>();
    return value
      .filter((element) => !isBlank(element))
      .map((element) => tidyElement(field, element))
      .filter((element) => !seen.has(canonical(element)) && seen.add(canonical(element)));
  }
  return tidyElement(field, value);
}

function tidyElement(field: Field, value: Json): Json {
  if (typeof value === 'string') {
    // Prose keeps its white space: the merge compares sentences and gives the text back byte for byte.
    return (field.type === 'text' ? value : value.trim()).normalize('NFC');
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => !isBlank(member))
      .map(([key, member]) => [
        key,
        typeof member === 'string' ? member.trim().normalize('NFC') : member,
      ]),
  );
}

function elements(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

function without(list: Json[], taken: Json[]): Json[] {
  const gone = new Set(taken.map(canonical));
  return list.filter((element) => !gone.has(canonical(element)));
}
