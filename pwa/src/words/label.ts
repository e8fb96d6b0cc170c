/**
 * The catalogue's own words: what a kind, a field, a part of an object or a choice is called, and the help beside a
 * field. They come with the exported catalogue, so that no screen names a field by itself.
 */
import exported from '../catalogue.json';
import { language, type Language } from './language.svelte';

type Words = Partial<Record<Language, string>>;

interface Labelled {
  name?: string;
  labels?: Words;
  plurals?: Words;
  help?: Words;
  choice_labels?: Record<string, Words>;
  parts?: Labelled[];
}

type LabelledKind = Labelled & { kind: string; fields: Labelled[] };

const kinds = new Map(
  (exported.kinds as unknown as LabelledKind[]).map((kind) => [kind.kind, kind]),
);

/**
 * "Medication" · label('medication', 'dose') "Dose" · label('medication', 'status', 'on-hold') "On hold".
 * A part of an object field is named after a dot: label('patient', 'telecom.use', 'home').
 */
export function label(kind: string, field?: string, choice?: string): string {
  return labelIn(language(), kind, field, choice);
}

/** What has no label (a field or a choice of a newer server) is shown by its name, made readable. */
export function labelIn(lang: Language, kind: string, field?: string, choice?: string): string {
  const named = field === undefined ? kinds.get(kind) : fieldOf(kind, field);
  const words = choice === undefined ? named?.labels : named?.choice_labels?.[choice];
  return words?.[lang] ?? readable(choice ?? field ?? kind);
}

/** A choice's label, null where it has none. */
export function labelKnown(kind: string, field: string, choice: string): string | null {
  return fieldOf(kind, field)?.choice_labels?.[choice]?.[language()] ?? null;
}

/** Several of a kind: "Medications". */
export function labelPlural(kind: string): string {
  return kinds.get(kind)?.plurals?.[language()] ?? label(kind);
}

/** The sentence that helps to fill a field in, if it has one. */
export function help(kind: string, field: string): string | null {
  return fieldOf(kind, field)?.help?.[language()] ?? null;
}

function fieldOf(kind: string, path: string): Labelled | undefined {
  const [name, part] = path.split('.');
  const field = kinds.get(kind)?.fields.find((one) => one.name === name);
  return part === undefined ? field : field?.parts?.find((one) => one.name === part);
}

function readable(name: string): string {
  const words = name
    .slice(name.lastIndexOf('.') + 1)
    .replace(/[_-]+/g, ' ')
    .trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
