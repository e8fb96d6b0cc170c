/**
 * Fields that only a newer version of the app has, shown as far as their values say what they are. They are read here and
 * never written: what may be said in them is for the newer version to know.
 */
import type { Json, RecordShown } from '../store/types';
import { fieldNamed, kindNamed, type Field, type FieldType } from './catalogue';
import { isZoned } from './times';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/i;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether this version has the kind, and may therefore say how it is written. */
export function isKnown({ kind }: RecordShown): boolean {
  return kindNamed(kind) !== undefined;
}

/** The fields of a record that have something to show: the declared ones in their order, then those of a newer version. */
export function fieldsOf(record: RecordShown): Field[] {
  const declared = kindNamed(record.kind)?.fields ?? [];
  const names = new Set(declared.map(({ name }) => name));
  const said = Object.keys({ ...record.fields, ...record.contested, ...record.overruled });
  const newer = said.filter((name) => name !== 'deleted' && !names.has(name));
  return [...declared, ...newer.map((name) => fieldOf(record, name))];
}

/** A field as it is declared, or as its value looks. */
export function fieldOf(record: RecordShown, name: string): Field {
  return fieldNamed(record.kind, name) ?? likeness(name, valueOf(record, name));
}

function valueOf({ fields, contested, overruled }: RecordShown, name: string): Json {
  const writes = [...(contested[name] ?? []), ...(overruled[name] ?? [])];
  return fields[name] ?? writes.find(({ value }) => value !== null)?.value ?? null;
}

/** A field of a newer version, as far as a value of it tells. */
export function likeness(name: string, value: Json): Field {
  const isList = Array.isArray(value);
  const type = typeOf(isList ? (value[0] ?? null) : value);
  return { name, type, required: false, rule: isList ? 'add_wins' : 'last_writer' };
}

function typeOf(value: Json): FieldType {
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return 'number';
  if (typeof value === 'object' && value !== null) return isZoned(value) ? 'zoned' : 'object';
  const text = String(value);
  if (ID.test(text)) return 'reference';
  if (INSTANT.test(text)) return 'datetime';
  return DAY.test(text) ? 'date' : 'string';
}
