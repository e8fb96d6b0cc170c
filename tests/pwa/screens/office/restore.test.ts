import { expect, test } from 'vitest';
import type { RestoredPhone } from '../../../../pwa/src/screens/office/answers';
import { byHand, returned } from '../../../../pwa/src/screens/office/restore';
import { messages } from '../../../../pwa/src/words/areas';
import '../../../../pwa/src/words/office';

const phone = (id: string, more: Partial<RestoredPhone>): RestoredPhone => ({
  ...{ id, name: 'Pixel', member_name: 'Rosa', team_name: null, last_contact: 1 },
  ...{ returned: false, unsent: 0, ...more },
});

test('of the phones awaited, whoever has most to bring is called first', () => {
  const phones = [
    phone('early', {}),
    phone('never', { last_contact: null, unsent: null }),
    phone('late', { last_contact: 9 }),
    phone('full', { unsent: 4 }),
  ];
  expect(returned(phones).awaited.map(({ id }) => id)).toEqual(['full', 'late', 'early', 'never']);
  expect(returned(phones).back).toEqual([]);
});

test('phones that are back are awaited no more, whatever the copy says of them', () => {
  const phones = [
    phone('a', { returned: true, unsent: 7 }),
    phone('b', { returned: true, last_contact: 2 }),
    phone('c', {}),
  ];
  expect(returned(phones).back.map(({ id }) => id)).toEqual(['b', 'a']);
  expect(returned(phones).awaited.map(({ id }) => id)).toEqual(['c']);
});

test('each role is told what it can do again', () => {
  expect(byHand('supervisor').map(({ what }) => what)).toEqual([
    'phones',
    'people',
    'charts',
    'retention',
  ]);
  expect(byHand('administrator').map(({ what }) => what)).toEqual([
    'phones',
    'people',
    'retention',
    'imports',
  ]);
  expect(byHand('coordinator')).toEqual([]);
});

test('every act has its words', () => {
  for (const { what } of [...byHand('supervisor'), ...byHand('administrator')])
    for (const lang of ['en', 'es'] as const) {
      expect(messages[lang].office).toHaveProperty([`restore_hand_${what}`]);
      expect(messages[lang].office).toHaveProperty([`restore_hand_${what}_body`]);
    }
});
