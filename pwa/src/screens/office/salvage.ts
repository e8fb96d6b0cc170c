/** A phone's copy of a record beside what stands today, field by field in the catalogue's order. */
import { fieldNamed, isList, kindNamed, type Field } from '../../fields/catalogue';
import { differing, type Passage } from '../../fields/differing';
import { displayField, displayValue } from '../../fields/display';
import { isBlank, isEqual } from '../../fields/equal';
import { wordsOf } from '../../fields/words';
import type { Json } from '../../store/types';
import { language, t } from '../../words';
import type { SalvageOffer } from './answers';

/** One field of which the two say different things. */
export interface Difference {
  field: string;
  name: string;
  copy: Passage[];
  /** Null where there is no record today to say anything. */
  today: Passage[] | null;
  /** Long text: read across the page, one under the other. */
  prose: boolean;
}

export interface Comparison {
  differences: Difference[];
  /** How many fields say something and the same in both. */
  same: number;
}

type Naming = (id: string) => string | null;

export function compared(offer: SalvageOffer, nameOf: Naming): Comparison {
  const { fields, current } = offer;
  const names = ordered(offer.kind, [...Object.keys(fields), ...Object.keys(current ?? {})]);
  const isSame = (name: string) =>
    current !== null && valuesOf(offer, name).every((one) => isEqual(one, current[name] ?? null));
  const differing = names.filter(
    (name) => !isSame(name) && !(isBlank(fields[name]) && isBlank(current?.[name])),
  );
  const same = names.filter((name) => isSame(name) && !isBlank(fields[name])).length;
  const told = differing.map((name) => differenceOf(offer, name, nameOf));
  return { differences: [...deletionOf(offer), ...told], same };
}

function deletionOf({ deleted, current, current_deleted: now = false }: SalvageOffer) {
  if (current === null ? !deleted : deleted === now) return [];
  const say = (gone: boolean) => whole(t(gone ? 'office.salvage_deleted' : 'office.salvage_there'));
  const name = t('review.deletion');
  const today = current && say(now);
  return [{ field: 'deleted', name, copy: say(deleted), today, prose: false }];
}

/** What the phone's copy says of a field: one value, or all those that nobody has decided between. */
function valuesOf({ fields, contested = {} }: SalvageOffer, field: string): Json[] {
  const rivals = contested[field]?.map(({ value }) => value) ?? [];
  return rivals.length ? rivals : [fields[field] ?? null];
}

function differenceOf(offer: SalvageOffer, field: string, nameOf: Naming): Difference {
  const { kind, current } = offer;
  const shape = fieldNamed(kind, field);
  const reading = { lang: language(), words: wordsOf(kind, field), nameOf };
  const values = valuesOf(offer, field);
  const today = current?.[field] ?? null;
  const prose = shape?.type === 'text' && !isList(shape);
  const said = (value: Json, other: Json): Passage[] => {
    if (!shape) return whole(isBlank(value) ? t('fields.nothing') : JSON.stringify(value));
    if (prose && !isBlank(value)) return differing(String(value), [String(other ?? '')]);
    if (isList(shape) && Array.isArray(value) && value.length)
      return value.map((element, nth) => ({
        text: (nth ? '\n' : '') + displayValue(shape, element, reading),
        differs: !(Array.isArray(other) && other.some((one) => isEqual(one, element))),
      }));
    return whole(displayField(shape, value, reading));
  };
  const copy = values.flatMap((value, nth) => [
    ...(nth ? [{ text: '\n', differs: false }] : []),
    ...said(value, today).map((one) => ({
      ...one,
      differs: current !== null && one.differs && !isEqual(value, today),
    })),
  ]);
  const isAmong = values.some((value) => isEqual(value, today));
  const stands = said(today, values.length === 1 ? values[0]! : null);
  return {
    field,
    name: reading.words.label,
    copy,
    today: current && stands.map((one) => ({ ...one, differs: one.differs && !isAmong })),
    prose,
  };
}

/** In the order of the form; what a newer server sent comes last. */
function ordered(kind: string, names: readonly string[]): string[] {
  const known: readonly Field[] = kindNamed(kind)?.fields ?? [];
  const place = new Map(known.map(({ name }, nth) => [name, nth]));
  const rank = (name: string) => place.get(name) ?? known.length;
  return [...new Set(names)].sort((a, b) => rank(a) - rank(b));
}

function whole(text: string): Passage[] {
  return [{ text, differs: true }];
}
