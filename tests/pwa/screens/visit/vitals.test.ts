import { expect, test } from 'vitest';
import { fieldNamed } from '../../../../pwa/src/fields/catalogue';
import {
  doubtsOf,
  isWhole,
  readingIn,
  usualUnit,
  VITALS,
  type Reading,
  type Vital,
} from '../../../../pwa/src/screens/visit/vitals';

const vital = (key: Vital['key']): Vital => VITALS.find((one) => one.key === key)!;
const kinds = (key: Vital['key'], reading: Reading, unit = 0): string[] =>
  doubtsOf(vital(key), vital(key).units[unit]!, reading).map((doubt) => doubt.kind);

test('every vital has a code that the catalogue can name', () => {
  const known = fieldNamed('observation', 'code')?.choice_labels ?? {};
  for (const { code } of VITALS) expect(Object.keys(known)).toContain(code);
});

test('an everyday reading raises no doubt', () => {
  expect(kinds('blood_pressure', { systolic: 128, diastolic: 76 })).toEqual([]);
  expect(kinds('pulse', { value: 72 })).toEqual([]);
  expect(kinds('temperature', { value: 36.8 })).toEqual([]);
  expect(kinds('oxygen', { value: 97 })).toEqual([]);
  expect(kinds('pain', { value: 10 })).toEqual([]);
});

test('a slip of the finger is asked about, with the range in the unit that was typed', () => {
  expect(kinds('pulse', { value: 720 })).toContain('unusual');
  const [doubt] = doubtsOf(vital('temperature'), vital('temperature').units[1]!, { value: 36.8 });
  expect(doubt).toEqual({
    part: 'value',
    kind: 'unusual',
    low: 93.2,
    high: 106.7,
  });
});

test('a pressure with its numbers the wrong way round is asked about alone', () => {
  expect(kinds('blood_pressure', { systolic: 76, diastolic: 128 })).toEqual(['swapped']);
  expect(kinds('blood_pressure', { systolic: 90, diastolic: 90 })).toEqual(['swapped']);
});

test.each([
  ['blood_pressure', { systolic: 90, diastolic: 60 }],
  ['blood_pressure', { systolic: 181, diastolic: 100 }],
  ['blood_pressure', { systolic: 170, diastolic: 121 }],
  ['pulse', { value: 40 }],
  ['pulse', { value: 131 }],
  ['temperature', { value: 35 }],
  ['temperature', { value: 39.1 }],
  ['oxygen', { value: 91 }],
  ['glucose', { value: 53 }],
  ['glucose', { value: 300 }],
] as const)('%s of %o alarms', (key, reading) => {
  expect(kinds(key, reading)).toContain('alarm');
});

test.each([
  ['blood_pressure', { systolic: 91, diastolic: 60 }],
  ['blood_pressure', { systolic: 180, diastolic: 120 }],
  ['pulse', { value: 130 }],
  ['temperature', { value: 35.1 }],
  ['temperature', { value: 39 }],
  ['oxygen', { value: 92 }],
  ['glucose', { value: 54 }],
  ['glucose', { value: 299 }],
] as const)('%s of %o does not', (key, reading) => {
  expect(kinds(key, reading)).not.toContain('alarm');
});

test('an alarm does not hide behind an unusual reading', () => {
  expect(kinds('blood_pressure', { systolic: 60, diastolic: 40 })).toEqual(['unusual', 'alarm']);
});

test('other units are judged by the same bounds', () => {
  expect(kinds('temperature', { value: 95 }, 1)).toEqual(['alarm']);
  expect(kinds('temperature', { value: 98.6 }, 1)).toEqual([]);
  expect(kinds('glucose', { value: 2.9 }, 1)).toEqual(['alarm']);
  expect(kinds('glucose', { value: 5.5 }, 1)).toEqual([]);
});

test('half a blood pressure is none', () => {
  expect(isWhole(vital('blood_pressure'), { systolic: 120 })).toBe(false);
  expect(isWhole(vital('blood_pressure'), { systolic: 120, diastolic: 80 })).toBe(true);
});

test('a stored reading is read back in its unit, and one of another kind is not', () => {
  const read = readingIn(vital('temperature'), { value: 98.6, unit: '[degF]' });
  expect([read?.reading.value, read?.unit.ucum]).toEqual([98.6, '[degF]']);
  expect(readingIn(vital('temperature'), { value: 98.6, unit: 'mg/dL' })).toBeNull();
  expect(readingIn(vital('blood_pressure'), { systolic: 120, unit: 'mm[Hg]' })).toBeNull();
});

test('units follow the country', () => {
  expect(usualUnit(vital('temperature'), 'US').ucum).toBe('[degF]');
  expect(usualUnit(vital('weight'), 'GB').ucum).toBe('kg');
  expect(usualUnit(vital('glucose'), 'GB').ucum).toBe('mmol/L');
  expect(usualUnit(vital('glucose'), 'US').ucum).toBe('mg/dL');
});

test('a conversion there and back changes nothing', () => {
  for (const { units } of VITALS)
    for (const unit of units) expect(unit.to(unit.from(36.6))).toBeCloseTo(36.6, 9);
});
