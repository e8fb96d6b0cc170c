import { expect, test } from 'vitest';
import { canonical, isEqual } from '../../../pwa/src/store/canonical';

test('the order of members makes no difference, the order of elements does', () => {
  expect(isEqual({ b: 1, a: { d: 2, c: 3 } }, { a: { c: 3, d: 2 }, b: 1 })).toBe(true);
  expect(isEqual([1, 2], [2, 1])).toBe(false);
});

test('text is compared in NFC', () => {
  expect(isEqual('café', 'cafe\u0301')).toBe(true);
});

test('a number and its text are different, 1 and 1.0 the same, null is not absent', () => {
  expect(isEqual(1, '1')).toBe(false);
  expect(isEqual(1, JSON.parse('1.0'))).toBe(true);
  expect(isEqual({ a: null }, {})).toBe(false);
});

test('the form is that of RFC 8785', () => {
  const value = JSON.parse('{"z":[56.0,1e21,-0],"\\u20ac":"\\u000f\\n","a":true}');
  expect(canonical(value)).toBe('{"a":true,"z":[56,1e+21,0],"€":"\\u000f\\n"}');
});
