import { expect, test } from 'vitest';
import { ageOn } from '../../../../pwa/src/screens/patients/age';
import { ageText } from '../../../../pwa/src/screens/patients/age-text';

test.each([
  ['1948-11-21', 78, 78],
  ['1948-11-22', 77, 77],
  ['1948-11', 77, 78],
  ['1948-12', 77, 77],
  ['1948', 77, 78],
  ['2026-11-21', 0, 0],
])('born %s one is between %i and %i on 21 November 2026', (born, least, most) => {
  expect(ageOn(born, '2026-11-21')).toEqual({ least, most });
});

test('a birthday on the 29th of February is past on the first of March', () => {
  expect(ageOn('2004-02-29', '2026-02-28')).toEqual({ least: 21, most: 21 });
  expect(ageOn('2004-02-29', '2026-03-01')).toEqual({ least: 22, most: 22 });
});

test('nobody is born tomorrow, or on no date', () => {
  expect(ageOn('2026-11-22', '2026-11-21')).toBeNull();
  expect(ageOn('unknown', '2026-11-21')).toBeNull();
});

test('an age is “about” only where the date leaves it open', () => {
  expect(ageText('1948-11-21', '2026-11-21')).toBe('78 years');
  expect(ageText('1948', '2026-11-21')).toBe('about 78 years');
  expect(ageText('1948-12', '2026-11-21')).toBe('77 years');
  expect(ageText('2026-05-01', '2026-11-21')).toBe('under 1 year');
  expect(ageText(null, '2026-11-21')).toBeNull();
});
