/**
 * What is wrong with a value, before it is sent: the catalogue's own checks, so that the server has nothing to
 * refuse. A code here is the code of the server (server/catalogue/values.py) and has its sentence in the words.
 */
import type { Json } from '../store/types';
import { isList, type Field, type ValueShape } from './catalogue';
import { isDate } from './dates';
import { isBlank } from './equal';
import { instantOf, isDatetime, isZone, isZoned } from './times';

export type Code =
  | 'required'
  | 'too_long'
  | 'not_a_choice'
  | 'not_a_number'
  | 'not_a_whole_number'
  | 'too_small'
  | 'too_great'
  | 'not_a_date'
  | 'not_a_whole_date'
  | 'not_a_time'
  | 'unknown_zone'
  | 'not_a_language'
  | 'part_missing'
  | 'ends_before'
  | 'unfinished';

export interface Problem {
  code: Code;
  /** The part of an object that it concerns. */
  part?: string;
  limit?: number;
}

/** A form's mark for what was typed and cannot be read as the field's type: never saved, never lost from the draft. */
export interface Unreadable {
  unreadable: string;
}

export function isUnreadable(value: Json | undefined): value is { unreadable: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    typeof value.unreadable === 'string'
  );
}

/** An end that is not after its start. Asked of whoever types it; two phones may still bring it about. */
export function problemOfSpan(values: Readonly<Record<string, Json>>): Problem | null {
  const { start, end } = values;
  if (!isZoned(start) || !isZoned(end) || problemOfZoned(start) || problemOfZoned(end)) return null;
  return instantOf(end) <= instantOf(start) ? { code: 'ends_before' } : null;
}

/** The first problem of a field's value as a form holds it, or null. */
export function problemOf(field: Field, value: Json | undefined): Problem | null {
  if (isBlank(value)) return field.required ? { code: 'required' } : null;
  const list = isList(field) && Array.isArray(value) ? value : [value as Json];
  for (const element of list) {
    const problem = isBlank(element) ? null : problemOfValue(field, element);
    if (problem) return problem;
  }
  return null;
}

export function problemOfValue(shape: ValueShape, value: Json): Problem | null {
  if (isUnreadable(value)) return { code: unreadableAs(shape) };
  switch (shape.type) {
    case 'string':
    case 'text':
      return problemOfText(shape, String(value));
    case 'integer':
    case 'number':
      return problemOfNumber(shape, value);
    case 'date':
      if (!isDate(value)) return { code: 'not_a_date' };
      return shape.partial || isDate(value, false) ? null : { code: 'not_a_whole_date' };
    case 'datetime':
      return isDatetime(value) ? null : { code: 'not_a_time' };
    case 'zoned':
      return problemOfZoned(value);
    case 'choice':
      return shape.choices?.includes(String(value)) ? null : { code: 'not_a_choice' };
    case 'object':
      return problemOfParts(shape.parts ?? [], value);
    default:
      return null;
  }
}

function problemOfText({ max_length, format }: ValueShape, text: string): Problem | null {
  if (max_length !== undefined && lengthOf(text) > max_length)
    return { code: 'too_long', limit: max_length };
  if (format === 'language' && !/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(text))
    return { code: 'not_a_language' };
  return null;
}

/** Characters as the server counts them: code points, after NFC. */
export function lengthOf(text: string): number {
  return [...text.normalize('NFC')].length;
}

function problemOfNumber({ type, min, max }: ValueShape, value: Json): Problem | null {
  if (typeof value !== 'number' || !Number.isFinite(value)) return { code: 'not_a_number' };
  if (type === 'integer' && !Number.isInteger(value)) return { code: 'not_a_whole_number' };
  if (min !== undefined && value < min) return { code: 'too_small', limit: min };
  if (max !== undefined && value > max) return { code: 'too_great', limit: max };
  return null;
}

function problemOfZoned(value: Json): Problem | null {
  const { local, zone } = (value ?? {}) as Record<string, Json>;
  if (typeof local !== 'string' || !isDatetime(`${local}:00Z`)) return { code: 'not_a_time' };
  return typeof zone === 'string' && isZone(zone) ? null : { code: 'unknown_zone' };
}

function problemOfParts(parts: readonly ValueShape[], value: Json): Problem | null {
  const object = (value ?? {}) as Record<string, Json>;
  for (const part of parts) {
    const said = object[part.name];
    if (isBlank(said)) {
      if (part.required) return { code: 'part_missing', part: part.name };
      continue;
    }
    const problem = problemOfValue(part, said as Json);
    if (problem) return { ...problem, part: part.name };
  }
  return null;
}

function unreadableAs({ type }: ValueShape): Code {
  if (type === 'integer') return 'not_a_whole_number';
  if (type === 'number') return 'not_a_number';
  if (type === 'date') return 'not_a_date';
  if (type === 'datetime' || type === 'zoned') return 'not_a_time';
  return 'unfinished';
}
