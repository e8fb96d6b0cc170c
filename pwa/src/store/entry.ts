/** What an edit says, brought to the form in which it is kept and sent. The one door by which text enters the store. */
import { canonical } from './canonical';
import type { Edit, Json, Said } from './types';

/** An edit that cannot be sent: a fault of the form that made it. */
export class BadEdit extends Error {
  override name = 'BadEdit';
}

/**
 * The edit with its text in NFC, without NUL and lone surrogates, and without what it does not say; null if it says
 * nothing. An element both added and removed did not change (protocol.md, "The rules").
 */
export function enter(edit: Edit): Edit | null {
  const { record, kind, patient, seen } = edit;
  const said = tidy(clean(edit as unknown as Json) as unknown as Edit);
  if (said.delete !== undefined && Object.keys(said).length > 1)
    throw new BadEdit('A change that deletes or keeps does nothing else.');
  return Object.keys(said).length ? { record, kind, patient, seen, ...said } : null;
}

function tidy({ set, add, remove, delete: deletes }: Said): Said {
  const both = (name: string, element: Json, other: Said['add']) =>
    other?.[name]?.some((one) => canonical(one) === canonical(element)) ?? false;
  const added = elements(add, (name, element) => !both(name, element, remove));
  const removed = elements(remove, (name, element) => !both(name, element, add));
  return {
    ...(set && Object.keys(set).length ? { set } : {}),
    ...(added ? { add: added } : {}),
    ...(removed ? { remove: removed } : {}),
    ...(typeof deletes === 'boolean' ? { delete: deletes } : {}),
  };
}

function elements(
  by: Record<string, Json[]> | undefined,
  stays: (name: string, element: Json) => boolean,
): Record<string, Json[]> | null {
  const kept = Object.entries(by ?? {})
    .map(([name, list]) => [name, list.filter((element) => stays(name, element))] as const)
    .filter(([, list]) => list.length > 0);
  return kept.length ? Object.fromEntries(kept) : null;
}

function clean(value: Json): Json {
  if (typeof value === 'string')
    return value
      .replaceAll('\0', '')
      .replace(/\p{Surrogate}/gu, '')
      .normalize('NFC');
  if (Array.isArray(value)) return value.map(clean);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [name, clean(member)]),
  );
}
