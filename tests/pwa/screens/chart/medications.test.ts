import { expect, test } from 'vitest';
import { howTaken, isCurrent } from '../../../../pwa/src/screens/chart/medications';
import { contest, record } from '../rows';

test.each([
  ['active', true],
  ['on-hold', true],
  ['unknown', true],
  [null, true],
  ['stopped', false],
  ['completed', false],
  ['not-taken', false],
  ['entered-in-error', false],
])('a medication that is %s counts as taken: %s', (status, current) => {
  expect(isCurrent(record('medication', { status }))).toBe(current);
});

test('while it is contested whether it is stopped, it stands among those taken', () => {
  const contested = { status: contest('stopped', 'active') };
  expect(isCurrent(record('medication', { status: 'stopped' }, { contested }))).toBe(true);
  const both = { status: contest('stopped', 'completed') };
  expect(isCurrent(record('medication', { status: 'stopped' }, { contested: both }))).toBe(false);
});

test('a contested dose is never told as if it were settled', () => {
  const fields = { dose: '10 mg', timing: 'every morning' };
  expect(howTaken(record('medication', fields), 'By mouth')).toBe(
    '10 mg · By mouth · every morning',
  );
  const contested = { dose: contest('10 mg', '5 mg') };
  expect(howTaken(record('medication', fields, { contested }), null)).toBe('every morning');
});
