import { expect, test } from 'vitest';
import { BadEdit, enter } from '../../../pwa/src/store/entry';
import type { Edit } from '../../../pwa/src/store/types';

const edit: Edit = { record: 'r', kind: 'goal', patient: 'p', seen: 3 };

test('text is brought to NFC, deep inside values too', () => {
  const set = { note: 'cafe\u0301', name: { family: 'Pen\u0303a' } };
  expect(enter({ ...edit, set })?.set).toEqual({ note: 'café', name: { family: 'Peña' } });
});

test('NUL and lone surrogates are stripped, and whole emoji stay', () => {
  const set = { note: 'a\0b\ud83dc\udc4dd👍' };
  expect(enter({ ...edit, set })?.set).toEqual({ note: 'abcd👍' });
});

test('an edit that says nothing is none', () => {
  expect(enter({ ...edit, set: {}, add: { languages: [] }, remove: {} })).toBeNull();
  expect(enter(edit)).toBeNull();
});

test('an element both added and removed did not change', () => {
  const element = { system: 'phone', value: '1' };
  const twin = { value: '1', system: 'phone' };
  const both = { add: { telecom: [element, 'x'] }, remove: { telecom: [twin] } };
  expect(enter({ ...edit, ...both })).toEqual({ ...edit, add: { telecom: ['x'] } });
});

test('a deletion and a keep say nothing else', () => {
  expect(enter({ ...edit, delete: false })).toEqual({ ...edit, delete: false });
  expect(() => enter({ ...edit, delete: true, set: { dose: '1' } })).toThrow(BadEdit);
});

test('a set of null and an emptied text are said', () => {
  expect(enter({ ...edit, set: { due: null, note: '' } })?.set).toEqual({ due: null, note: '' });
});
