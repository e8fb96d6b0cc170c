/** What a record is called where it is one line of a list: the first of its kind's telling fields that says something. */
import type { Json, RecordShown } from '../store/types';
import { label, language, personName } from '../words';
import { displayInstant } from './display';

const TELLING: Record<string, readonly string[]> = {
  patient: ['preferred_name', 'name'],
  condition: ['plain_name', 'name'],
  allergy: ['substance'],
  observation: ['name', 'code'],
  need: ['description', 'domain'],
  appointment: ['reason', 'type'],
  coverage: ['plan_name', 'payor', 'type'],
  consent: ['scope'],
};

export function nameOfRecord({ kind, fields }: RecordShown): string {
  if (kind === 'visit' && typeof fields.actual_start === 'string')
    return displayInstant(fields.actual_start, language());
  for (const field of TELLING[kind] ?? ['name', 'title', 'description', 'text']) {
    const said = textOf(kind, field, fields[field]);
    if (said) return said;
  }
  return label(kind);
}

function textOf(kind: string, field: string, value: Json | undefined): string {
  if (typeof value === 'string')
    return ['type', 'domain', 'code', 'scope'].includes(field) ? label(kind, field, value) : value;
  return personName(value);
}
