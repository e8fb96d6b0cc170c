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
    current !== null && isEqual(fields[name] ?? null, current[name] ?? null);
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

function differenceOf({ kind, fields, current }: SalvageOffer, field: string, nameOf: Naming) {
  const shape = fieldNamed(kind, field);
  const reading = { lang: language(), words: wordsOf(kind, field), nameOf };
  const [copy, today] = [fields[field] ?? null, current?.[field] ?? null];
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
  const difference: Difference = {
    field,
    name: reading.words.label,
    copy: current === null ? plain(said(copy, copy)) : said(copy, today),
    today: current && said(today, copy),
    prose,
  };
  return difference;
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

/** With nothing beside it, nothing differs. */
function plain(passages: Passage[]): Passage[] {
  return passages.map((passage) => ({ ...passage, differs: false }));
}
