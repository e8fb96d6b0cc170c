import { expect, test } from 'vitest';
import {
  asRefused,
  inOrder,
  isLaid,
  seenOf,
  seqsOf,
  sealEntry,
  unsealRow,
  type Entry,
} from '../../../pwa/src/store/journal';
import { makeKey } from '../../../pwa/src/store/keys';
import { Seal } from '../../../pwa/src/store/seal';

function entry(n: number, seen: number, more: Partial<Entry> = {}): Entry {
  const change = {
    record: 'r',
    kind: 'goal',
    patient: 'p',
    seen,
    n,
    at: 5,
    set: { note: 'secret' },
  };
  return { device: 'd', n, state: 'pending', patient: 'p', change, made: 'c', ...more };
}

test('the disk shows number, state and chart of an entry, and nothing of what it says', async () => {
  const seal = new Seal();
  seal.unlock(await makeKey());
  const row = await sealEntry(seal, entry(3, 7));
  expect(row).toEqual({ device: 'd', n: 3, state: 'pending', patient: 'p', sealed: row.sealed });
  expect(await unsealRow(seal, row)).toEqual(entry(3, 7));
  await expect(unsealRow(seal, { ...row, n: 4 })).rejects.toThrow();
});

test('seen is never more than that of any change to the record still unanswered or laid over it', () => {
  const laid = entry(1, 4, { state: 'laid', seq: 20 });
  const pending = entry(2, 6);
  expect(seenOf(21, 'r', [laid, pending])).toBe(4);
  expect(seenOf(21, 'r', [pending])).toBe(6);
  expect(seenOf(3, 'r', [pending])).toBe(3);
  expect(seenOf(21, 'other', [laid, pending])).toBe(21);
});

test('a refused change does not hold seen back', () => {
  expect(seenOf(21, 'r', [entry(1, 4, { state: 'refused' })])).toBe(21);
});

test('changes lie in the order in which they were made, whatever their numbers', () => {
  const renumbered = entry(1, 0, { device: 'b' });
  const early = entry(40, 0, { state: 'laid', seq: 8 });
  const late = entry(41, 0, { state: 'laid', seq: 9 });
  expect(inOrder([renumbered, late, early])).toEqual([early, late, renumbered]);
});

test('what waits lies where it was made, also where later changes of its device have been taken back', () => {
  const [one, two] = [entry(1, 0, { device: 'z' }), entry(2, 0, { device: 'z' })];
  const before = entry(3, 0, { state: 'waiting', seq: 50 });
  const unsent = entry(4, 0, { state: 'waiting' });
  const after = entry(5, 0, { state: 'laid', seq: 2 ** 32 + 1, had: [51] });
  expect(inOrder([two, after, one, unsent, before])).toEqual([before, unsent, after, one, two]);
});

test('every number that a change had is told, oldest first', () => {
  expect(seqsOf(entry(1, 0))).toEqual([]);
  expect(seqsOf(entry(1, 0, { seq: 9 }))).toEqual([9]);
  expect(seqsOf(entry(1, 0, { seq: 2 ** 33, had: [9, 2 ** 32] }))).toEqual([9, 2 ** 32, 2 ** 33]);
});

test('an entry whose chart has left is not shown, a kept or refused one neither', () => {
  expect(isLaid(entry(1, 0))).toBe(true);
  expect(isLaid(entry(1, 0, { state: 'laid' }))).toBe(true);
  expect(isLaid(entry(1, 0, { unshown: true }))).toBe(false);
  expect(isLaid(entry(1, 0, { state: 'kept' }))).toBe(false);
  expect(isLaid(entry(1, 0, { state: 'refused' }))).toBe(false);
});

test('a refused entry is named by its dot', () => {
  const refusal = { code: 'invalid', message: 'No.' };
  const refused = asRefused(entry(3, 0, { state: 'refused', refusal, answered: 9 }));
  expect(refused).toMatchObject({ id: 'd/3', n: 3, refusal, refused_at: 9 });
});
