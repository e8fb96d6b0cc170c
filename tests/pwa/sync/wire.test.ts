import { expect, test } from 'vitest';
import { readAnswer, readOutcomes } from '../../../pwa/src/sync/wire';

const record = {
  id: 'r',
  kind: 'goal',
  patient: null,
  version: 3,
  deleted: false,
  fields: {},
  contested: {},
  overruled: {},
};
const answer = {
  epoch: 'e',
  cursor: '3',
  more: false,
  accepted: [{ n: 1, seq: 3 }],
  refused: [{ n: 2, code: 'invalid', message: 'No.' }],
  records: [record],
  set_aside: [],
  forget: ['p'],
};

test('an answer is read as it came; lists that were left out are empty', () => {
  expect(readAnswer({ ...answer, skew: 5, later: 'unknown' })).toEqual(answer);
  expect(readAnswer({ epoch: 'e', cursor: '3', more: true })).toEqual({
    epoch: 'e',
    cursor: '3',
    more: true,
    accepted: [],
    refused: [],
    records: [],
    set_aside: [],
    forget: [],
  });
});

test('whatever lacks what an answer has is none', () => {
  const broken: unknown[] = [
    null,
    'Welcome to the hotel',
    [],
    {},
    { ...answer, epoch: 7 },
    { ...answer, cursor: null },
    { ...answer, more: undefined },
    { ...answer, records: {} },
    { ...answer, records: [{ ...record, fields: null }] },
    { ...answer, records: [{ ...record, version: '3' }] },
    { ...answer, accepted: [{ seq: 3 }] },
    { ...answer, refused: 'none' },
    { ...answer, forget: 'p' },
  ];
  for (const body of broken) expect(readAnswer(body), JSON.stringify(body)).toBeNull();
});

test('an answer of a restored server takes and refuses nothing', () => {
  const restored = { head: 4, start: 4_294_967_296 };
  expect(readAnswer({ epoch: 'new', cursor: null, restored })).toMatchObject({
    epoch: 'new',
    cursor: null,
    restored,
    accepted: [],
    records: [],
  });
});

test('what a problem says of dots is read with the same care', () => {
  const { accepted, refused } = answer;
  expect(readOutcomes({ accepted, refused })).toEqual({ accepted, refused });
  expect(readOutcomes({ code: 'device_copied' })).toEqual({ accepted: [], refused: [] });
  expect(readOutcomes({ accepted: [{ n: '1' }] })).toBeNull();
});
