import { expect, test } from 'vitest';
import { replace, shelfOf, showShelf } from '../../../pwa/src/store/charts';
import type { Entry } from '../../../pwa/src/store/journal';
import type { Said, ServerRecord } from '../../../pwa/src/store/types';

const copy = (id: string, version = 1): ServerRecord => ({
  id,
  kind: 'goal',
  patient: 'p',
  version,
  deleted: false,
  fields: { version },
  contested: {},
  overruled: {},
});

const entry = (n: number, record: string, said: Said, more: Partial<Entry> = {}): Entry => {
  const change = { record, kind: 'goal', patient: 'p', seen: 1, n, at: 1, ...said };
  return { device: 'd', n, state: 'pending', patient: 'p', change, made: null, ...more };
};

const show = (copies: ServerRecord[] | null, entries: Entry[]) =>
  showShelf('chart/p', copies, entries, () => false);

test('a chart has its shelf, and each kind of the library', () => {
  expect(shelfOf({ patient: 'p', kind: 'goal' })).toBe('chart/p');
  expect(shelfOf({ patient: null, kind: 'member' })).toBe('library/member');
});

test('copies that arrive replace those there were', () => {
  expect(replace([copy('a', 5), copy('b')], [copy('a', 2), copy('c')])).toEqual([
    copy('a', 2),
    copy('b'),
    copy('c'),
  ]);
});

test('what is neither held nor made here is not shown', () => {
  expect(show(null, [])).toBeNull();
  expect(show([], [])).toEqual([]);
});

test('a chart made on this phone is shown before the server knows it', () => {
  expect(show(null, [entry(1, 'p', { set: { x: 1 } })])).toMatchObject([
    { id: 'p', unsent: ['*'] },
  ]);
});

test('changes are laid over in the order of their making, each on its own record', () => {
  const entries = [
    entry(2, 'a', { set: { dose: 'second' } }),
    entry(1, 'a', { set: { dose: 'first' } }),
    entry(9, 'b', { set: { dose: 'accepted' } }, { state: 'laid', seq: 4 }),
    entry(3, 'b', { set: { dose: 'refused' } }, { state: 'refused' }),
    entry(4, 'b', { set: { dose: 'unshown' } }, { unshown: true }),
  ];
  const shown = show([copy('a'), copy('b')], entries)!;
  expect(shown.map(({ fields }) => fields.dose)).toEqual(['second', 'accepted']);
});

test('changes of another shelf are left out', () => {
  const library = entry(1, 'x', { set: { a: 1 } });
  library.change = { ...library.change!, patient: null };
  expect(show(null, [library])).toBeNull();
});
