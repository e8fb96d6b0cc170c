import { expect, test } from 'vitest';
import type { Field } from '../../../pwa/src/fields/catalogue';
import { problemOf } from '../../../pwa/src/fields/check';

function field(more: Partial<Field>): Field {
  return {
    name: 'f',
    rule: 'last_writer',
    type: 'string',
    required: false,
    ...more,
  };
}

test('a required field wants a value, and another is content without', () => {
  for (const value of [undefined, null, '', ' ', []]) {
    expect(problemOf(field({ required: true }), value)).toEqual({
      code: 'required',
    });
    expect(problemOf(field({}), value)).toBeNull();
  }
  expect(problemOf(field({ required: true, type: 'boolean' }), false)).toBeNull();
  expect(problemOf(field({ required: true, type: 'number' }), 0)).toBeNull();
});

test('length is counted in characters, not in the units of the machine', () => {
  const short = field({ max_length: 3 });
  expect(problemOf(short, '👵🏽a')).toBeNull();
  expect(problemOf(short, 'e\u0301e\u0301e\u0301')).toBeNull();
  expect(problemOf(short, 'abcd')).toEqual({ code: 'too_long', limit: 3 });
});

test('a number stays in its bounds', () => {
  const pain = field({ type: 'integer', min: 0, max: 10 });
  expect(problemOf(pain, 10)).toBeNull();
  expect(problemOf(pain, 11)).toEqual({ code: 'too_great', limit: 10 });
  expect(problemOf(pain, -1)).toEqual({ code: 'too_small', limit: 0 });
  expect(problemOf(pain, 2.5)).toEqual({ code: 'not_a_whole_number' });
  expect(problemOf(field({ type: 'number' }), { unreadable: 'twelve' })).toEqual({
    code: 'not_a_number',
  });
});

test('a choice is one of those declared', () => {
  const status = field({ type: 'choice', choices: ['active', 'stopped'] });
  expect(problemOf(status, 'active')).toBeNull();
  expect(problemOf(status, 'gone')).toEqual({ code: 'not_a_choice' });
});

test('a date is partial only where that is declared', () => {
  expect(problemOf(field({ type: 'date', partial: true }), '1950')).toBeNull();
  expect(problemOf(field({ type: 'date' }), '1950')).toEqual({
    code: 'not_a_whole_date',
  });
  expect(problemOf(field({ type: 'date' }), '2026-02-30')).toEqual({
    code: 'not_a_date',
  });
});

test('a wall time has a time and a zone', () => {
  const start = field({ type: 'zoned' });
  expect(problemOf(start, { local: '2026-11-21T10:00', zone: 'America/New_York' })).toBeNull();
  expect(problemOf(start, { local: '', zone: 'America/New_York' })).toEqual({
    code: 'not_a_time',
  });
  expect(problemOf(start, { local: '2026-11-21T10:00', zone: 'Mars/Base' })).toEqual({
    code: 'unknown_zone',
  });
});

test('an object names the part that is missing or wrong', () => {
  const telecom = field({
    type: 'object',
    rule: 'add_wins',
    parts: [
      {
        name: 'system',
        type: 'choice',
        required: true,
        choices: ['phone', 'email'],
      },
      { name: 'value', type: 'string', required: true, max_length: 5 },
    ],
  });
  expect(problemOf(telecom, [{ system: 'phone', value: '1' }])).toBeNull();
  expect(problemOf(telecom, [{ system: 'phone' }])).toEqual({
    code: 'part_missing',
    part: 'value',
  });
  expect(problemOf(telecom, [{ system: 'phone', value: '123456' }])).toEqual({
    code: 'too_long',
    limit: 5,
    part: 'value',
  });
  expect(problemOf(telecom, [{ system: '', value: '' }])).toBeNull();
});

test('each element of a list is checked', () => {
  const languages = field({ rule: 'add_wins', format: 'language' });
  expect(problemOf(languages, ['es', 'zh-Hant-TW'])).toBeNull();
  expect(problemOf(languages, ['es', 'Spanish!'])).toEqual({
    code: 'not_a_language',
  });
});
