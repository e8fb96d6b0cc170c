import { expect, test } from 'vitest';
import type { Json } from '../../../pwa/src/store/types';
import { canonical, isBlank, isEqual } from '../../../pwa/src/fields/equal';

test('objects are equal whatever the order of their keys', () => {
  expect(isEqual({ system: 'phone', value: '1' }, { value: '1', system: 'phone' })).toBe(true);
  expect(isEqual([{ b: 1, a: [2, 1] }], [{ a: [2, 1], b: 1 }])).toBe(true);
  expect(isEqual([1, 2], [2, 1])).toBe(false);
  expect(canonical({ b: 1, a: null })).toBe('{"a":null,"b":1}');
});

test('texts are equal however their accents are composed', () => {
  expect(isEqual('José', 'Jose\u0301')).toBe(true);
});

test('a missing value is null, and neither is an empty text', () => {
  expect(isEqual(undefined, null)).toBe(true);
  expect(isEqual('', null)).toBe(false);
});

test('blank is what says nothing', () => {
  const silent: (Json | undefined)[] = [undefined, null, '', ' \n', [], {}];
  for (const value of [...silent, { a: null, b: ' ' }]) expect(isBlank(value)).toBe(true);
  for (const value of [0, false, 'a', [null], { a: 0 }]) expect(isBlank(value)).toBe(false);
});
