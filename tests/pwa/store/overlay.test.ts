import { expect, test } from 'vitest';
import { layOver } from '../../../pwa/src/store/overlay';
import type { Contestant, Said, ServerRecord } from '../../../pwa/src/store/types';
import vectors from '../../vectors/overlay.json';

interface Vector {
  name: string;
  kind: { fields: Record<string, string> };
  record: ServerRecord | null;
  changes: Said[];
  shown: { fields: ServerRecord['fields']; deleted: boolean };
}

const of = { record: '0193b0c4-0000-7000-8000-000000000001', kind: 'toy', patient: null, seen: 7 };

for (const { name, kind, record, changes, shown } of vectors as unknown as Vector[])
  test(`vector: ${name}`, () => {
    const isLog = (_: string, field: string) => kind.fields[field] === 'append';
    const laid = layOver(
      record,
      changes.map((change) => ({ ...of, ...change })),
      isLog,
    );
    expect({ fields: laid?.fields, deleted: laid?.deleted }).toEqual(shown);
  });

const write = (value: string, seq: number): Contestant => ({
  value,
  member: 'm',
  at: 1,
  seq,
  seen: 0,
});
const contested: ServerRecord = {
  id: of.record,
  kind: 'toy',
  patient: null,
  version: 7,
  deleted: false,
  fields: { dose: '10 mg', status: 'active' },
  contested: { dose: [write('10 mg', 7), write('5 mg', 6)] },
  overruled: { status: [write('on-hold', 5)] },
};

test('nothing at all shows nothing', () => {
  expect(layOver(null, [], () => false)).toBeNull();
});

test('writing a contested field settles it, for the writes that were on the screen', () => {
  const settled = layOver(contested, [{ ...of, set: { dose: '10 mg' } }], () => false);
  expect(settled?.contested).toEqual({});
  expect(settled?.overruled).toEqual(contested.overruled);
  const blind = layOver(contested, [{ ...of, seen: 6, set: { dose: '10 mg' } }], () => false);
  expect(blind?.contested).toEqual({ dose: [write('10 mg', 7)] });
});

test('a keep settles a contested deletion', () => {
  const deletion = { ...contested, contested: { deleted: [write('x', 6)] } };
  expect(layOver(deletion, [{ ...of, delete: false }], () => false)?.contested).toEqual({});
  expect(layOver(deletion, [{ ...of, set: { dose: '1' } }], () => false)?.contested).toEqual(
    deletion.contested,
  );
});

test('it says which fields are not yet sent, and of a new record that all are', () => {
  const changes = [
    { ...of, set: { dose: '1' } },
    { ...of, add: { phones: ['1'] }, remove: { phones: ['2'] } },
  ];
  expect(layOver(contested, changes, () => false)?.unsent).toEqual(['dose', 'phones']);
  expect(layOver(null, changes, () => false)?.unsent).toEqual(['*']);
  expect(layOver(contested, [{ ...of, delete: true }], () => false)?.unsent).toEqual(['deleted']);
  expect(layOver(contested, [], () => false)?.unsent).toEqual([]);
});

test('the server’s copy itself is left as it is', () => {
  const before = structuredClone(contested);
  layOver(contested, [{ ...of, set: { dose: '1' }, add: { phones: ['1'] } }], () => false);
  expect(contested).toEqual(before);
});
