import { expect, test } from 'vitest';
import type { LostChange } from '../../../../pwa/src/screens/office/answers';
import { byPhone, linesOfLost } from '../../../../pwa/src/screens/office/lost';
import type { Said } from '../../../../pwa/src/store/types';
import '../../../../pwa/src/words/office';

const lost = (device: string, n: number, refused_at: number, said: Said = {}): LostChange => ({
  device,
  device_name: `phone ${device}`,
  n,
  member: 'm',
  member_name: 'Linh Vu',
  patient: 'p',
  patient_name: 'Walter Pruitt',
  kind: 'medication',
  record: 'r',
  change: { n, at: 0, record: 'r', kind: 'medication', patient: 'p', seen: 0, ...said },
  code: 'device_revoked',
  message: 'This phone was removed before the change arrived.',
  refused_at,
});

test('changes stand by phone, in the order in which they were typed', () => {
  const phones = byPhone([lost('a', 9, 1), lost('b', 1, 5), lost('a', 2, 2)]);
  expect(phones.map(({ name, at }) => [name, at])).toEqual([
    ['phone b', 5],
    ['phone a', 2],
  ]);
  expect(phones[1]!.changes.map(({ n }) => n)).toEqual([2, 9]);
});

test('what was typed is told through the catalogue, line by line', () => {
  expect(linesOfLost(lost('a', 1, 0, { set: { dose: '5 mg' } }), () => null)).toEqual([
    { name: 'Dose', value: '5 mg' },
  ]);
});

test('a deletion and a keep are told of whoever made them', () => {
  const [deleted] = linesOfLost(lost('a', 1, 0, { delete: true }), () => null);
  const [kept] = linesOfLost(lost('a', 1, 0, { delete: false }), () => null);
  expect([deleted?.value, kept?.value]).toEqual(['Deleted it', 'Kept it']);
});
