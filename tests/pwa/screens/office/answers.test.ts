import { expect, test } from 'vitest';
import {
  readChartAccess,
  readInvited,
  readLog,
  readMembers,
  readRestore,
  readSalvage,
  readTakenIn,
} from '../../../../pwa/src/screens/office/answers';

const member = { id: 'm', name: 'Rosa', role: 'coordinator', status: 'active' };

test('a list without a next page ends there', () => {
  expect(readMembers({ members: [member] })).toEqual({ items: [member], next: null });
});

test('a page says what to ask for the next one with', () => {
  const entry = { id: 'e', at: 7, what: 'chart' };
  expect(readLog({ entries: [entry], next: '7.e' })).toEqual({ items: [entry], next: '7.e' });
});

test.each([
  ['a portal’s page', 'Welcome to our Wi-Fi'],
  ['nothing', null],
  ['another list', { devices: [] }],
  ['an entry without a name', { members: [{ ...member, name: null }] }],
  ['an entry that is none', { members: ['Rosa'] }],
  ['a next page that is none', { members: [], next: { at: 7 } }],
])('%s is no answer', (_, body) => {
  expect(readMembers(body)).toBeNull();
});

test('the report on a chart has all of its lists', () => {
  const lists = { seen: [], changed: [], held: [], openings: [] };
  expect(readChartAccess({ ...lists, next: null })).toEqual({ ...lists, next: null });
  const { held: _, ...without } = lists;
  expect(readChartAccess(without)).toBeNull();
});

test('only a picture that carries itself is shown as a QR code', () => {
  const invited = { link: 'https://x/#/join/t', expires_at: 1, recovery: false };
  expect(readInvited({ ...invited, qr: 'data:image/svg+xml;base64,AA' })).not.toBeNull();
  expect(readInvited({ ...invited, qr: 'https://elsewhere/qr.svg' })).toBeNull();
});

test('a change is taken in with those that it needed, or the reason is told', () => {
  expect(readTakenIn({ accepted: true, with: [3, 4] })).toEqual({ with: [3, 4] });
  expect(readTakenIn({ accepted: false, code: 'invalid', message: 'Too long.' })).toEqual({
    refused: 'Too long.',
  });
  expect(readTakenIn({})).toBeNull();
});

test('a restore says whether it is under way, what waits and which phones there are', () => {
  const phones = [{ id: 'd', name: 'Pixel', member_name: 'Rosa', returned: false }];
  const standing = { restoring: true, began_at: 1, phones, waiting: 2, salvage: 0 };
  expect(readRestore(standing)).toEqual(standing);
  expect(readRestore({ ...standing, waiting: null })).toBeNull();
  expect(readRestore({ ...standing, phones: [{ id: 'd' }] })).toBeNull();
  expect(readRestore('Welcome to our Wi-Fi')).toBeNull();
});

test('a copy is offered whole, beside a record or beside none', () => {
  const offer = { record: 'r', hash: 'h', kind: 'task', offered_at: 1, fields: {}, current: null };
  expect(readSalvage({ offers: [offer], next: 'x' })).toEqual({ items: [offer], next: 'x' });
  expect(readSalvage({ offers: [{ ...offer, current: {} }] })?.items).toHaveLength(1);
  expect(readSalvage({ offers: [{ ...offer, fields: null }] })).toBeNull();
  expect(readSalvage({ offers: [{ ...offer, current: 'none' }] })).toBeNull();
});
