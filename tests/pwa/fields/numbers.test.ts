import { expect, test } from 'vitest';
import { numberOf, typedNumber } from '../../../pwa/src/fields/numbers';

test('a fraction is typed with a point or a comma', () => {
  expect(numberOf('98.6', 'en')).toBe(98.6);
  expect(numberOf('36,6', 'es')).toBe(36.6);
  expect(numberOf('36,6', 'en')).toBe(36.6);
  expect(numberOf('.5', 'en')).toBe(0.5);
  expect(numberOf('-,5', 'es')).toBe(-0.5);
});

test('spaces and digits of other scripts are read', () => {
  expect(numberOf(' 1 200 ', 'en')).toBe(1200);
  expect(numberOf('٣٦٫٦', 'ar')).toBe(36.6);
  expect(numberOf('१२०', 'hi')).toBe(120);
  expect(numberOf('−4', 'en')).toBe(-4);
});

test('nothing typed is no number, and no mistake', () => {
  expect(numberOf('', 'en')).toBeNull();
  expect(numberOf('  ', 'en')).toBeNull();
});

test('what is no number is told from one', () => {
  for (const typed of ['twelve', '1.2.3', '12mg', '.', '-', '1,234.5', '--4'])
    expect(numberOf(typed, 'en')).toBeUndefined();
});

test('a number that two readers read differently is refused', () => {
  expect(numberOf('1,234', 'en')).toBeUndefined();
  expect(numberOf('1.234', 'es')).toBeUndefined();
  expect(numberOf('1.234', 'en')).toBe(1.234);
  expect(numberOf('0,125', 'en')).toBe(0.125);
});

test('a stored number comes back as its language writes it', () => {
  expect(typedNumber(36.6, 'es')).toBe('36,6');
  expect(typedNumber(1200.5, 'en')).toBe('1200.5');
  expect(typedNumber(null, 'en')).toBe('');
  for (const lang of ['en', 'es'])
    for (const value of [0, 0.125, 36.6, 1200.25, -4])
      expect(numberOf(typedNumber(value, lang), lang)).toBe(value);
});
