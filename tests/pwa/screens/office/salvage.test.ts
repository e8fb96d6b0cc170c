import { expect, test } from 'vitest';
import type { SalvageOffer } from '../../../../pwa/src/screens/office/answers';
import { compared } from '../../../../pwa/src/screens/office/salvage';
import type { Json } from '../../../../pwa/src/store/types';

type Fields = Record<string, Json>;

const offer = (
  kind: string,
  fields: Fields,
  current: Fields | null,
  more: Partial<SalvageOffer> = {},
): SalvageOffer => ({
  ...{ record: 'r', hash: 'h', kind, patient: 'p', patient_name: 'Walter Pruitt', version: 7 },
  ...{ fields, deleted: false, current, member: 'm', member_name: 'Linh Vu', device_name: 'Pixel' },
  ...{ offered_at: 1, ...more },
});

const nobody = () => null;

test('only what differs is set side by side, in the order of the form, and the rest is counted', () => {
  const copy = { timing: 'daily', dose: '20 mg', name: 'Lisinopril', status: 'active' };
  const { differences, same } = compared(
    offer('medication', copy, { ...copy, dose: '5 mg', timing: null }),
    nobody,
  );
  expect(differences.map(({ field, copy, today }) => [field, copy, today])).toEqual([
    ['dose', [{ text: '20 mg', differs: true }], [{ text: '5 mg', differs: true }]],
    ['timing', [{ text: 'daily', differs: true }], [{ text: 'Nothing', differs: true }]],
  ]);
  expect(same).toBe(2);
});

test('of a long text only the sentences are marked that do not stand in the other', () => {
  const { differences } = compared(
    offer(
      'visit',
      { note_how: 'Walks alone. Eats well.' },
      { note_how: 'Walks with a stick. Eats well.' },
    ),
    nobody,
  );
  expect(differences[0]).toMatchObject({
    prose: true,
    copy: [
      { text: 'Walks alone. ', differs: true },
      { text: 'Eats well.', differs: false },
    ],
    today: [
      { text: 'Walks with a stick. ', differs: true },
      { text: 'Eats well.', differs: false },
    ],
  });
});

test('of a list only the elements are marked that the other has not', () => {
  const phone = (value: string) => ({ system: 'phone', value });
  const { differences } = compared(
    offer('patient', { telecom: [phone('555-1'), phone('555-2')] }, { telecom: [phone('555-2')] }),
    nobody,
  );
  expect(differences[0]!.copy.map(({ differs }) => differs)).toEqual([true, false]);
  expect(differences[0]!.today!.map(({ differs }) => differs)).toEqual([false]);
});

test('a record that the office has not is told whole, with nothing marked', () => {
  const { differences, same } = compared(
    offer('task', { description: 'Order a chair', note: null }, null),
    nobody,
  );
  expect(differences).toEqual([
    expect.objectContaining({
      field: 'description',
      copy: [{ text: 'Order a chair', differs: false }],
      today: null,
    }),
  ]);
  expect(same).toBe(0);
});

test('a deletion is a difference of its own', () => {
  const fields = { description: 'Order a chair' };
  const deleted = compared(offer('task', fields, fields, { deleted: true }), nobody);
  expect(deleted.differences.map(({ field }) => field)).toEqual(['deleted']);
  const kept = compared(offer('task', fields, fields, { current_deleted: true }), nobody);
  expect(kept.differences.map(({ field }) => field)).toEqual(['deleted']);
});

test('a field that this app does not know is told as it came', () => {
  const { differences } = compared(offer('task', { from_a_newer: { x: 1 } }, {}), nobody);
  expect(differences[0]!.copy[0]!.text).toBe('{"x":1}');
});

test('of a contested field every value is told, and those marked that do not stand today', () => {
  const write = (value: string, seq: number) => ({ value, member: 'm', at: 1, seq, seen: 0 });
  const contested = { dose: [write('5 mg', 1), write('20 mg', 2)] };
  const { differences } = compared(
    offer('medication', { dose: '20 mg' }, { dose: '5 mg' }, { contested }),
    nobody,
  );
  expect(differences[0]!.copy).toEqual([
    { text: '5 mg', differs: false },
    { text: '\n', differs: false },
    { text: '20 mg', differs: true },
  ]);
  expect(differences[0]!.today).toEqual([{ text: '5 mg', differs: false }]);
});
