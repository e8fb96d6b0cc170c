import { expect, test } from 'vitest';
import { KEPT_FOR } from '../../../pwa/src/store/journal';
import { dismissNotice, takeNotices } from '../../../pwa/src/store/notices';

const told = { device: 'd', n: 3, record: 'r', field: 'dose', value: '5 mg' };
const whereIs = (id: string) => (id === 'r' ? { kind: 'medication', patient: 'p' } : null);

test('a notice is taken with where its record is, as far as this phone knows', () => {
  const [known, unknown] = takeNotices([], [told, { ...told, record: 'gone', n: 4 }], whereIs, 9);
  expect(known).toEqual({ ...told, kind: 'medication', patient: 'p', told_at: 9 });
  expect(unknown).toMatchObject({ kind: null, patient: null });
});

test('a notice that the phone has is dropped, within one answer too', () => {
  const first = takeNotices([], [told, told], whereIs, 9);
  expect(first).toHaveLength(1);
  expect(takeNotices(first, [told], whereIs, 10)).toEqual(first);
  expect(takeNotices(first, [{ ...told, field: 'name' }], whereIs, 10)).toHaveLength(2);
});

test('each element of a list that one change took out is told of by itself', () => {
  const [es, fr] = ['es', 'fr'].map((value) => ({ ...told, field: 'languages', value }));
  const both = takeNotices([], [es!, fr!], whereIs, 9);
  expect(both.map(({ value }) => value)).toEqual(['es', 'fr']);
  expect(dismissNotice(both, es!).filter((one) => !one.dismissed)).toEqual([both[1]]);
});

test('one that was let go of is not told again while the server may repeat it', () => {
  const gone = dismissNotice(takeNotices([], [told], whereIs, 9), told);
  expect(gone).toEqual([expect.objectContaining({ dismissed: true })]);
  expect(takeNotices(gone, [told], whereIs, 10)).toEqual(gone);
  expect(takeNotices(gone, [], whereIs, 9 + KEPT_FOR)).toEqual([]);
});

test('one that was not let go of stays, however old', () => {
  const kept = takeNotices([], [told], whereIs, 9);
  expect(takeNotices(kept, [], whereIs, 9 + 2 * KEPT_FOR)).toEqual(kept);
});
