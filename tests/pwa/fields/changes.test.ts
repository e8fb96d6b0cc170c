import { expect, test } from 'vitest';
import type { Field, Rule } from '../../../pwa/src/fields/catalogue';
import { changesOf, isEmpty, withParts, type Values } from '../../../pwa/src/fields/changes';

function field(name: string, rule: Rule, more: Partial<Field> = {}): Field {
  return { name, rule, type: 'string', required: false, ...more };
}

const fields = [
  field('substance', 'once'),
  field('dose', 'multi_value'),
  field('status', 'furthest', { type: 'choice' }),
  field('note', 'three_way', { type: 'text' }),
  field('languages', 'add_wins'),
  field('telecom', 'add_wins', { type: 'object' }),
  field('addenda', 'append', { type: 'object' }),
];

function changed(before: Values, after: Values, settled: string[] = []) {
  return changesOf({
    fields,
    before,
    after,
    isNew: false,
    settled: new Set(settled),
  });
}

test('a form that was only looked at changes nothing', () => {
  const values = {
    dose: '5 mg',
    languages: ['es', 'en'],
    telecom: [{ system: 'phone', value: '1' }],
  };
  const parts = changed(values, {
    ...values,
    telecom: [{ value: '1', system: 'phone' }],
    note: '',
  });
  expect(isEmpty(parts)).toBe(true);
});

test('only what the author changed is set', () => {
  const parts = changed({ dose: '5 mg', status: 'active' }, { dose: '10 mg ', status: 'active' });
  expect(parts).toEqual({ set: { dose: '10 mg' }, add: {}, remove: {} });
});

test('an emptied field is set to null', () => {
  expect(changed({ dose: '5 mg' }, { dose: '  ' }).set).toEqual({ dose: null });
  expect(changed({ dose: '5 mg' }, {}).set).toEqual({ dose: null });
});

test('prose keeps its white space', () => {
  expect(changed({ note: 'One.' }, { note: 'One.\nTwo. ' }).set).toEqual({
    note: 'One.\nTwo. ',
  });
});

test('elements of a set are added and removed one by one', () => {
  const parts = changed({ languages: ['es', 'en'] }, { languages: ['en', 'fr'] });
  expect(parts).toEqual({
    set: {},
    add: { languages: ['fr'] },
    remove: { languages: ['es'] },
  });
});

test('an element that was edited is removed as it was and added as it is', () => {
  const [was, is] = [
    { system: 'phone', value: '1' },
    { system: 'phone', value: '2' },
  ];
  const parts = changed({ telecom: [was] }, { telecom: [is] });
  expect(parts).toEqual({
    set: {},
    add: { telecom: [is] },
    remove: { telecom: [was] },
  });
});

test('an element typed twice or left blank is added once or not at all', () => {
  const parts = changed(
    {},
    {
      languages: ['es', ' es', '', null],
      telecom: [{ system: '', value: ' ' }],
    },
  );
  expect(parts.add).toEqual({ languages: ['es'] });
});

test('nothing is ever removed from a list that only grows', () => {
  const parts = changed({ addenda: [{ text: 'One' }] }, { addenda: [{ text: 'Two' }] });
  expect(parts).toEqual({
    set: {},
    add: { addenda: [{ text: 'Two' }] },
    remove: {},
  });
});

test('what a record is about is said at its creation and never again', () => {
  expect(changed({ substance: 'Latex' }, { substance: 'Penicillin' }).set).toEqual({});
  const created = changesOf({
    fields,
    before: {},
    after: { substance: 'Latex', dose: null },
    isNew: true,
  });
  expect(created.set).toEqual({ substance: 'Latex' });
});

test('a contested field that the author settled is written even with the value it shows', () => {
  expect(changed({ dose: '5 mg' }, { dose: '5 mg' }, ['dose']).set).toEqual({
    dose: '5 mg',
  });
});

test('a refused change comes back into the form as its author left it', () => {
  const before = { dose: '5 mg', languages: ['es', 'en'], addenda: [] };
  const parts = {
    set: { dose: 'x'.repeat(300) },
    add: { languages: ['fr'] },
    remove: { languages: ['es'] },
  };
  const after = withParts(before, parts);
  expect(after).toEqual({
    dose: 'x'.repeat(300),
    languages: ['en', 'fr'],
    addenda: [],
  });
  expect(changed(before, after)).toEqual(parts);
});
