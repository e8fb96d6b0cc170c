import { beforeEach, expect, test, vi } from 'vitest';
import { Prose } from '../../../pwa/src/fields/prose.svelte';
import type { Edit, RecordShown } from '../../../pwa/src/store/types';
import { shown } from '../screens/shown';

let record: RecordShown;
let drafts: Map<string, unknown>;
let kept: Edit[];
let isFull: boolean;

beforeEach(() => {
  record = shown('visit', { note_how: 'Well.' });
  drafts = new Map();
  kept = [];
  isFull = false;
  vi.useFakeTimers();
});

function open(): Prose {
  const draft = (key: string) => ({
    get: async () => drafts.get(key) ?? null,
    put: async (value: unknown) => void drafts.set(key, value),
    clear: async () => void drafts.delete(key),
  });
  const app = { draft } as unknown as ConstructorParameters<typeof Prose>[0];
  return new Prose(
    app,
    () => record,
    'note_how',
    async (edits) => {
      if (isFull) return false;
      kept.push(...edits);
      record = { ...record, fields: { ...record.fields, ...edits[0]!.set } };
      return true;
    },
  );
}

test('a pause puts what is typed away, under the chart it belongs to', async () => {
  const prose = open();
  prose.type('Well. Sle');
  prose.type('Well. Slept');
  expect(drafts.size).toBe(0);
  await vi.advanceTimersByTimeAsync(600);
  expect([...drafts]).toEqual([[`p/${record.id}/note_how`, { text: 'Well. Slept', seen: 7 }]]);
  expect(kept).toEqual([]);
});

test('typing without a pause is put away every two seconds', async () => {
  const prose = open();
  for (let letters = 1; letters <= 21; letters += 1) {
    prose.type('Well. Slept until six.'.slice(0, letters));
    await vi.advanceTimersByTimeAsync(100);
  }
  expect([...drafts.values()]).toEqual([{ text: 'Well. Slept until si', seen: 7 }]);
});

test('leaving the field turns the draft into a change, once', async () => {
  const prose = open();
  prose.type('Well. Slept.');
  await vi.advanceTimersByTimeAsync(600);
  await Promise.all([prose.leave(), prose.leave()]);
  expect(kept).toEqual([
    {
      record: record.id,
      kind: 'visit',
      patient: 'p',
      seen: 7,
      set: { note_how: 'Well. Slept.' },
    },
  ]);
  expect(drafts.size).toBe(0);
});

test('a phone that went dark brings the words back, with what their author had seen', async () => {
  open().type('Well. Slept badly');
  await vi.advanceTimersByTimeAsync(600);
  record = { ...record, version: 12, fields: { note_how: 'Well. Ate.' } };
  const again = open();
  await again.restore();
  expect(again.text).toBe('Well. Slept badly');
  await again.leave();
  expect(kept[0]).toMatchObject({
    seen: 7,
    set: { note_how: 'Well. Slept badly' },
  });
});

test('what a colleague wrote is shown until somebody types, and is not written over unseen', async () => {
  const prose = open();
  record = { ...record, version: 9, fields: { note_how: 'Well. Ate.' } };
  expect(prose.text).toBe('Well. Ate.');
  prose.type('Well. Ate. Slept.');
  record = { ...record, version: 11, fields: { note_how: 'Ill.' } };
  expect(prose.text).toBe('Well. Ate. Slept.');
  await prose.leave();
  expect(kept[0]?.seen).toBe(9);
});

test('words typed while others are being saved are the next change', async () => {
  const prose = open();
  prose.type('One.');
  const saving = prose.leave();
  await Promise.resolve();
  prose.type('One. Two.');
  await saving;
  expect(prose.text).toBe('One. Two.');
  await prose.leave();
  expect(kept.map(({ set }) => set?.note_how)).toEqual(['One.', 'One. Two.']);
});

test('a full phone keeps the words in the field', async () => {
  isFull = true;
  const prose = open();
  prose.type('Well. Slept.');
  await prose.leave();
  expect(prose.text).toBe('Well. Slept.');
  isFull = false;
  await prose.leave();
  expect(kept).toHaveLength(1);
});

test('text brought back to what it was changes nothing, and emptied text is null', async () => {
  const prose = open();
  prose.type('Well..');
  prose.type('Well.');
  await prose.leave();
  expect(kept).toEqual([]);
  prose.type(' ');
  await prose.leave();
  expect(kept[0]?.set).toEqual({ note_how: null });
});
