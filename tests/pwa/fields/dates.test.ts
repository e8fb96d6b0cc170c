import { expect, test } from 'vitest';
import {
  dateOfParts,
  daysInMonth,
  isDate,
  orderOfParts,
  partsOfDate,
} from '../../../pwa/src/fields/dates';

test('a date may be a year, a month or a day', () => {
  for (const date of ['2026', '2026-11', '2026-11-21', '2024-02-29'])
    expect(isDate(date)).toBe(true);
  for (const date of [
    '26',
    '2026-13',
    '2026-00',
    '2026-02-29',
    '2026-11-31',
    '2026-11-00',
    '0000',
    '',
    null,
    2026,
  ])
    expect(isDate(date)).toBe(false);
});

test('a field that wants the day refuses less', () => {
  expect(isDate('2026-11', false)).toBe(false);
  expect(isDate('2026-11-21', false)).toBe(true);
});

test('parts make the date that they came from', () => {
  for (const date of ['2026', '2026-11', '2026-11-21'])
    expect(dateOfParts(partsOfDate(date))).toBe(date);
  expect(dateOfParts({ year: '1950', month: '3', day: '7' })).toBe('1950-03-07');
  expect(dateOfParts(partsOfDate(null))).toBeNull();
});

test('a part without the one before it makes no date', () => {
  expect(dateOfParts({ year: '', month: '3', day: '' })).toBeUndefined();
  expect(dateOfParts({ year: '1950', month: '', day: '7' })).toBeUndefined();
  expect(dateOfParts({ year: '1950', month: '2', day: '30' })).toBeUndefined();
  expect(dateOfParts({ year: '95', month: '', day: '' })).toBeUndefined();
});

test('months have the days that they have', () => {
  expect([1, 2, 4].map((month) => daysInMonth(2026, month))).toEqual([31, 28, 30]);
  expect([1900, 2000, 2024].map((year) => daysInMonth(year, 2))).toEqual([28, 29, 29]);
  expect(daysInMonth(31, 1)).toBe(31);
});

test('the parts of a date stand as the language writes them', () => {
  expect(orderOfParts('en-US')).toEqual(['month', 'day', 'year']);
  expect(orderOfParts('es-US')).toEqual(['day', 'month', 'year']);
  expect(orderOfParts('en-GB')).toEqual(['day', 'month', 'year']);
});
