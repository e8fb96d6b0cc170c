import { expect, test } from 'vitest';
import { asCorrected, pathOf, seriesOf } from '../../../../pwa/src/screens/chart/trend';
import type { RecordShown } from '../../../../pwa/src/store/types';
import { record } from '../rows';

const reading = (id: string, day: string, fields: RecordShown['fields'] = {}) =>
  record('observation', { code: '29463-7', effective: `${day}T10:00:00Z`, ...fields }, { id });

test('readings of one code make a series, the newest first; its line runs from the oldest', () => {
  const [weight, pulse] = seriesOf([
    reading('a', '2026-11-01', { value: 80 }),
    reading('b', '2026-11-11', { value: 79 }),
    reading('c', '2026-10-01', { code: '8867-4', value: 70 }),
  ]);
  expect(weight!.latest.id).toBe('b');
  expect(weight!.points.map(({ value }) => value)).toEqual([80, 79]);
  expect(pulse!.records.map(({ id }) => id)).toEqual(['c']);
});

test('a reading entered by mistake is left out; one in words has no point; pressure counts by its upper value', () => {
  const [series] = seriesOf([
    reading('wrong', '2026-11-12', { value: 800, status: 'entered-in-error' }),
    reading('words', '2026-11-11', { value_text: 'refused' }),
    reading('bp', '2026-11-10', { systolic: 128, diastolic: 78 }),
  ]);
  expect(series!.records.map(({ id }) => id)).toEqual(['words', 'bp']);
  expect(series!.points.map(({ value }) => value)).toEqual([128]);
});

test('a correction stands in for what it corrects, the latest of several', () => {
  const wrong = reading('a', '2026-11-01', {
    value: 708,
    corrections: [
      { value: 70.5, why: 'comma' },
      { value: 70.8, why: 'comma again' },
    ],
  });
  expect(asCorrected(wrong).fields.value).toBe(70.8);
  expect(wrong.fields.value).toBe(708);
  expect(seriesOf([wrong])[0]!.points.map(({ value }) => value)).toEqual([70.8]);
});

test('a line spans its box in time and value; one point draws none', () => {
  const points = [
    { at: 0, value: 10 },
    { at: 75, value: 20 },
    { at: 100, value: 15 },
  ];
  expect(pathOf(points, 100, 20)).toBe('M0 20L75 0L100 10');
  expect(pathOf(points.slice(0, 1), 100, 20)).toBe('');
});

test('equal values make a level line, equal times an even one', () => {
  const level = [
    { at: 0, value: 5 },
    { at: 10, value: 5 },
  ];
  expect(pathOf(level, 100, 20)).toBe('M0 10L100 10');
  const atOnce = level.map((point) => ({ ...point, at: 3 }));
  expect(pathOf(atOnce, 100, 20)).toBe('M0 10L100 10');
});
