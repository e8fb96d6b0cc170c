/** Any value as a line of text to be read: in a list, beside its rival, in a summary. Editors are in the components. */
import type { Json } from '../store/types';
import { localeOf, personName, tIn, type Language } from '../words';
import { isList, type Field, type ValueShape } from './catalogue';
import { isBlank } from './equal';
import { isCoding } from './shapes';
import { instantOf, isZoned } from './times';
import type { FieldWords } from './words';

export interface Reading {
  lang: Language;
  words: FieldWords;
  /** What the record of this id is called, null while it is not on this phone. */
  nameOf: (id: string) => string | null;
}

export function displayField(field: Field, value: Json | undefined, reading: Reading): string {
  if (isBlank(value)) return tIn(reading.lang, 'fields.nothing');
  if (!isList(field) || !Array.isArray(value)) return displayValue(field, value as Json, reading);
  const elements = value.map((element) => displayValue(field, element, reading));
  return new Intl.ListFormat(reading.lang, { type: 'unit', style: 'long' }).format(elements);
}

export function displayValue(shape: ValueShape, value: Json, reading: Reading): string {
  const { lang, words, nameOf } = reading;
  if (isBlank(value)) return tIn(lang, 'fields.nothing');
  switch (shape.type) {
    case 'choice':
      return words.choice(String(value));
    case 'boolean':
      return tIn(lang, value ? 'fields.yes' : 'fields.no');
    case 'integer':
    case 'number':
      return typeof value === 'number'
        ? new Intl.NumberFormat(localeOf(lang)).format(value)
        : String(value);
    case 'date':
      return displayDate(String(value), lang);
    case 'datetime':
      return displayInstant(String(value), lang);
    case 'zoned':
      return displayZoned(value, lang);
    case 'reference':
      return nameOf(String(value)) ?? tIn(lang, 'fields.not_here');
    case 'object':
      return displayObject(shape, value, reading);
    case 'file':
      return fileName(value) ?? tIn(lang, 'fields.file');
    default:
      return shape.format === 'language' ? displayLanguage(String(value), lang) : String(value);
  }
}

/** The parts that say something, joined; a name as a name, and the strokes of a signature not at all. */
function displayObject(shape: ValueShape, value: Json, reading: Reading): string {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return String(value);
  if ('family' in value) return personName(value);
  if (isCoding(shape)) return displayCoding(value);
  const said = (shape.parts ?? [])
    .filter((part) => part.format === undefined && !isBlank(value[part.name]))
    .map((part) =>
      displayValue(part, value[part.name] as Json, {
        ...reading,
        words: reading.words.part(part.name),
      }),
    );
  return (
    said.join(' · ') ||
    Object.values(value)
      .filter((one) => typeof one === 'string' || typeof one === 'number')
      .join(' · ')
  );
}

/** Lists of codes by the names under which people know them; their addresses are HL7's (THO, external code systems). */
const LISTS: Record<string, string> = {
  'http://snomed.info/sct': 'SNOMED CT',
  'http://www.nlm.nih.gov/research/umls/rxnorm': 'RxNorm',
  'http://hl7.org/fhir/sid/icd-10-cm': 'ICD-10-CM',
  'http://loinc.org': 'LOINC',
};

function displayCoding({ system, code, display }: Record<string, Json>): string {
  const list = LISTS[String(system)] ?? system;
  return [display, `${String(list)} ${String(code)}`].filter(Boolean).join(' · ');
}

export function displayDate(
  date: string,
  lang: Language,
  month: 'short' | 'long' = 'short',
): string {
  const [year, monthNumber, day] = date.split('-').map(Number);
  if (!year) return date;
  const at = new Date(0);
  at.setUTCFullYear(year, (monthNumber ?? 1) - 1, day ?? 1);
  const parts: Intl.DateTimeFormatOptions = { timeZone: 'UTC', year: 'numeric' };
  if (monthNumber) parts.month = month;
  if (day) parts.day = 'numeric';
  return new Intl.DateTimeFormat(localeOf(lang), parts).format(at);
}

const MOMENT = { dateStyle: 'medium', timeStyle: 'short' } as const;

export function displayInstant(instant: string | number, lang: Language): string {
  const at = typeof instant === 'number' ? instant : Date.parse(instant);
  return Number.isNaN(at)
    ? String(instant)
    : new Intl.DateTimeFormat(localeOf(lang), MOMENT).format(at);
}

/** A wall time in its own zone; the zone is named where this phone's clock shows another time. */
function displayZoned(value: Json, lang: Language): string {
  if (!isZoned(value)) return tIn(lang, 'fields.nothing');
  const at = instantOf(value);
  const there = new Intl.DateTimeFormat(localeOf(lang), { ...MOMENT, timeZone: value.zone }).format(
    at,
  );
  if (there === new Intl.DateTimeFormat(localeOf(lang), MOMENT).format(at)) return there;
  return `${there} (${value.zone.replaceAll('_', ' ').split('/').at(-1)})`;
}

export function displayLanguage(tag: string, lang: Language): string {
  try {
    const name = new Intl.DisplayNames(lang, { type: 'language' }).of(tag) ?? tag;
    return name.charAt(0).toLocaleUpperCase(lang) + name.slice(1);
  } catch {
    return tag;
  }
}

function fileName(value: Json): string | null {
  const name = (value as { name?: Json } | null)?.name;
  return typeof name === 'string' ? name : null;
}
