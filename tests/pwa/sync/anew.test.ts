import { expect, test } from 'vitest';
import { hasNewDamage, isReplaced } from '../../../pwa/src/sync/anew';
import { FakeServer } from '../fake/server';
import { openPhone, record } from '../phone';

const P = 'patient-1';
const anew = { made: '7', brought: ['chart/a'], damaged: ['chart/a', 'chart/b'] };

test('a damaged copy is replaced by the first that comes of it, and added to after that', () => {
  expect(isReplaced(anew, 'chart/b')).toBe(true);
  expect(isReplaced(anew, 'chart/a')).toBe(false);
  expect(isReplaced(anew, 'chart/c')).toBe(false);
  expect(isReplaced(undefined, 'chart/b')).toBe(false);
});

test('damage that the pull under way knows of is not new', () => {
  expect(hasNewDamage({ damaged: new Set(['chart/b']), progress: { anew } })).toBe(false);
  expect(hasNewDamage({ damaged: new Set(['chart/c']), progress: { anew } })).toBe(true);
  expect(hasNewDamage({ damaged: new Set(['chart/b']), progress: {} })).toBe(true);
  expect(hasNewDamage({ damaged: new Set(), progress: {} })).toBe(false);
});

test('cut off in the middle, it goes on, and what is typed meanwhile was made knowing what came before', async () => {
  const records = Array.from({ length: 700 }, (_, nth) => record(`r${nth}`, 'task', P, {}));
  const server = new FakeServer([{ ...record(P, 'patient', P, {}), version: 0 }]);
  for (const one of records) server.put(one);
  const phone = await openPhone(server);
  const { store } = phone.app.session;
  const before = store!.memory.progress.cursor;
  await store!.db.put('sealed', new ArrayBuffer(40), `chart/${P}`);
  await store!.show(`chart/${P}`);
  server.faults.push('none', 'lost_request');
  await phone.app.syncNow();
  expect(store!.memory.progress).toMatchObject({ anew: { made: before, brought: [`chart/${P}`] } });
  expect(store!.memory.damaged.size).toBe(1);
  expect(phone.app.sync.phase).toBe('waiting');
  await phone.app.save([{ record: 'new', kind: 'task', patient: P, seen: 0, set: { a: 1 } }]);
  expect(store!.memory.entries).toMatchObject([{ made: before }]);
  await phone.app.syncNow();
  const sent = server.requests.filter(({ changes }) => changes?.length);
  expect(sent).toMatchObject([{ made: before }]);
  expect(store!.memory.progress.anew).toBeUndefined();
  expect(store!.memory.damaged.size).toBe(0);
  expect(await store!.show(`chart/${P}`)).toHaveLength(702);
});
