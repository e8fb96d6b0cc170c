/** The exported catalogue, typed: what each kind of record consists of. Forms and their checks are made from it. */
import exported from '../catalogue.json';
import type { Role } from '../store/types';

export type FieldType =
  | 'string'
  | 'text'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'date'
  | 'datetime'
  | 'zoned'
  | 'choice'
  | 'reference'
  | 'object'
  | 'file';

export type Rule =
  | 'once'
  | 'last_writer'
  | 'multi_value'
  | 'furthest'
  | 'earliest'
  | 'latest'
  | 'add_wins'
  | 'append'
  | 'three_way';

/** One value of a type: a field's, an element's of a list field, or a part's of an object. */
export interface ValueShape {
  name: string;
  type: FieldType;
  required: boolean;
  choices?: readonly string[];
  max_length?: number;
  /** Bounds of a number, both included. */
  min?: number;
  max?: number;
  /** A date that may be a year or a month. */
  partial?: boolean;
  /** The written form of a string: `language`, `sha256` … */
  format?: string;
  /** The kinds of record that a reference may name. */
  kinds?: readonly string[];
  parts?: readonly ValueShape[];
  labels?: Labels;
  help?: Labels;
  choice_labels?: Readonly<Record<string, Labels>>;
}

type Labels = Partial<Record<'en' | 'es', string>>;

export interface Field extends ValueShape {
  rule: Rule;
  terminal?: readonly string[];
  /** The fields that an append signature locks. */
  locks?: readonly string[];
  /** Those who may read it and write it, where they are fewer than the kind's. */
  read?: readonly Role[];
  write?: readonly Role[];
}

export interface Kind {
  kind: string;
  /** An office kind is on no phone: its screens ask the server. */
  scope: 'chart' | 'library' | 'office';
  read: readonly Role[];
  write: readonly Role[];
  deletable: boolean;
  fields: readonly Field[];
}

const kinds = new Map((exported.kinds as unknown as Kind[]).map((kind) => [kind.kind, kind]));

export function kindNamed(name: string): Kind | undefined {
  return kinds.get(name);
}

export function fieldNamed(kind: string, name: string): Field | undefined {
  return kinds.get(kind)?.fields.find((field) => field.name === name);
}

/** The value of an `add_wins` or an `append` field is a list of elements of the field's type. */
export function isList({ rule }: Field): boolean {
  return rule === 'add_wins' || rule === 'append';
}

export function mayWrite(kind: Kind, role: Role, field?: Field): boolean {
  return (field?.write ?? kind.write).includes(role);
}
