import { expect, test } from 'vitest';
import { displayField } from '../../../pwa/src/fields/display';
import { nameOfRecord } from '../../../pwa/src/fields/names';
import { fieldOf, fieldsOf, isKnown } from '../../../pwa/src/fields/unknown';
import { wordsOf } from '../../../pwa/src/fields/words';
import type { Json, RecordShown } from '../../../pwa/src/store/types';
import { label } from '../../../pwa/src/words';

const OWNER = '0193aaaa-0000-7000-8000-000000000001';

function shown(kind: string, fields: Record<string, Json>, more: object = {}): RecordShown {
  const empty = { contested: {}, overruled: {}, unsent: [], deleted: false, version: 1 };
  return { id: 'r', kind, patient: 'p', fields, ...empty, ...more };
}

function read(record: RecordShown, name: string): string {
  const nameOf = (id: string) => (id === OWNER ? 'Ada' : null);
  const reading = { lang: 'en', words: wordsOf(record.kind, name, 'en'), nameOf } as const;
  return displayField(fieldOf(record, name), record.fields[name], reading);
}

test('a record of a kind that only a newer version has is read field by field, by what the values look like', () => {
  const record = shown('home_safety', {
    name: 'Kitchen',
    is_lit: false,
    steps: 12,
    seen_on: '2026-03-02',
    since: '2026',
    owner: OWNER,
    hazards: ['rug', 'wire'],
    address: { line: '12 Elm Street', floor: 3 },
    parts: [{ text: 'Loose rail' }],
    nothing: null,
  });
  expect(isKnown(record)).toBe(false);
  expect([label(record.kind), nameOfRecord(record)]).toEqual(['Home safety', 'Kitchen']);
  const names = fieldsOf(record).map(({ name }) => name);
  expect(names).toEqual(Object.keys(record.fields));
  expect(names.map((name) => read(record, name))).toEqual([
    'Kitchen',
    'No',
    '12',
    'Mar 2, 2026',
    '2026',
    'Ada',
    'rug, wire',
    '12 Elm Street · 3',
    'Loose rail',
    'Nothing',
  ]);
});

test('moments are told as moments', () => {
  const record = shown('home_safety', {
    at: '2026-03-02T10:00:00Z',
    start: { local: '2026-03-02T10:00', zone: 'America/New_York' },
  });
  expect(read(record, 'at')).toContain('2026');
  expect(read(record, 'at')).not.toContain('T');
  expect(read(record, 'start')).toContain('10:00');
});

test('a field that is new in a known kind comes after those that are known', () => {
  const record = shown('medication', { brand: 'Zestril', name: 'Lisinopril' });
  const names = fieldsOf(record).map(({ name }) => name);
  expect(names[0]).toBe('name');
  expect(names.at(-1)).toBe('brand');
  expect(isKnown(record)).toBe(true);
});

test('what two people differ about is there too, a deletion aside', () => {
  const write = (value: Json) => ({ value, member: 'm', at: 1, seq: 1, seen: 0 });
  const record = shown(
    'home_safety',
    { name: null },
    {
      contested: { deleted: [write(true)], risk: [write(null), write(3)] },
      overruled: { note: [write('Twice a week')] },
    },
  );
  expect(fieldsOf(record).map(({ name, type }) => `${name} ${type}`)).toEqual([
    'name string',
    'risk number',
    'note string',
  ]);
});
