/** What a phone lives through besides a bad signal: a full disk, a wrong clock, a long absence, a long queue. */
import { beforeEach, expect, test } from 'vitest';
import { save } from '../../../pwa/src/store/save';
import type { Edit } from '../../../pwa/src/store/types';
import { refuseWrites } from '../disk';
import { FakeServer } from '../fake/server';
import { openPhone, record, until, type Phone } from '../phone';

const P = 'patient-1';
const DAY = 86_400_000;
const YEAR = 365 * DAY;
let server: FakeServer;
let phone: Phone;

beforeEach(async () => {
  server = new FakeServer([
    { ...record(P, 'patient', P, { name: { family: 'Diallo' } }), version: 0 },
    { ...record('med', 'medication', P, { dose: '5 mg' }), version: 0 },
  ]);
  phone = await openPhone(server);
});

const edit = (id: string, more: Partial<Edit> = {}): Edit => ({
  record: id,
  kind: 'goal',
  patient: P,
  seen: 0,
  set: { description: id },
  ...more,
});
const store = () => phone.app.session.store!;
const shown = async () => (await store().show(`chart/${P}`))!.map(({ id }) => id).sort();
const fullFrom = (nth: number) =>
  refuseWrites(nth, new DOMException('Full.', 'QuotaExceededError'));

async function reload(): Promise<void> {
  phone.reload();
  await phone.app.start();
  await phone.app.unlock();
}

async function saveOffline(edits: Edit[]): Promise<void> {
  server.signedIn = false;
  await phone.app.save(edits);
  await until(() => phone.app.sync.error === 'signed_out');
  server.signedIn = true;
}

test('a full disk keeps nothing of a save, says so, and loses nothing that was kept before', async () => {
  await saveOffline([edit('before')]);
  const disk = fullFrom(1);
  await expect(phone.app.save([edit('one'), edit('two')])).rejects.toThrow('');
  expect(phone.app.sync).toMatchObject({ full: true, unsent: 1 });
  disk.end();
  await phone.app.save([edit('one'), edit('two')]);
  await phone.app.syncNow();
  expect(phone.app.sync).toMatchObject({ full: false, unsent: 0 });
  expect(server.log.map((one) => one.record)).toEqual(['before', 'one', 'two']);
});

test('a disk that is full when an answer comes takes none of it, and all of it once there is room', async () => {
  await saveOffline([edit('mine')]);
  server.put(record('theirs', 'goal', P, {}));
  // The number that was sent is written; what comes back is not.
  const disk = fullFrom(3);
  await phone.app.syncNow();
  expect(phone.app.sync).toMatchObject({ full: true, unsent: 1 });
  disk.end();
  await reload();
  await phone.app.syncNow();
  expect(phone.app.sync).toMatchObject({ full: false, unsent: 0 });
  expect(server.log.map((one) => one.record)).toEqual(['mine']);
  expect(await shown()).toEqual(['med', 'mine', P, 'theirs']);
});

test('a disk that is full while a restored server is followed stops it where it is, and no further', async () => {
  const backup = server.backup();
  await phone.app.save([edit('kept')]);
  await phone.app.syncNow();
  server.put(record('lost', 'goal', P, {}));
  await phone.app.syncNow();
  server.restore(backup);
  const stages = new Set<string>();
  // Room for a few writes more each time.
  for (let nth = 1; store().memory.progress.epoch !== server.epoch || nth < 12; nth += 1) {
    const disk = fullFrom(nth);
    await phone.app.syncNow();
    disk.end();
    if (phone.app.sync.full) stages.add(phone.app.sync.restored?.stage ?? 'before');
  }
  expect([...stages].sort()).toEqual(['before', 'offering', 'pulling', 'salvaging']);
  await phone.app.syncNow();
  expect(phone.app.sync).toMatchObject({ full: false, restored: null, unsent: 0, error: null });
  expect(server.log.map((one) => one.record)).toEqual(['kept']);
  expect(await shown()).toEqual(['kept', 'med', P]);
});

test('after 90 days away, work of the first of them is sent, and what is kept is dropped when it is past', async () => {
  await phone.app.save([edit('accepted')]);
  await phone.app.syncNow();
  await saveOffline([edit('unsent')]);
  await phone.app.lock();
  phone.now += 90 * DAY;
  server.put(record('since', 'goal', P, {}));
  expect(await phone.app.unlock()).toBe('leased');
  expect(await phone.app.tryContact()).toBe('open');
  await phone.app.syncNow();
  expect(phone.app.sync).toMatchObject({ error: null, unsent: 0 });
  expect(server.log.map((one) => one.record)).toEqual(['accepted', 'unsent']);
  expect(await shown()).toEqual(['accepted', 'med', P, 'since', 'unsent']);
  const kept = (await store().db.getAll('journal')).map(({ n, state }) => [n, state]);
  expect(kept).toEqual([[2, 'kept']]);
});

test('after 90 days away from a server that was restored, it gives back whatever it still holds', async () => {
  const backup = server.backup();
  await phone.app.save([edit('accepted')]);
  await phone.app.syncNow();
  await saveOffline([edit('unsent')]);
  server.restore(backup);
  await phone.app.lock();
  phone.now += 90 * DAY;
  await phone.app.unlock();
  await phone.app.tryContact();
  await phone.app.syncNow();
  expect(phone.app.sync).toMatchObject({ restored: null, error: null, unsent: 0 });
  expect(server.log.map((one) => one.record)).toEqual(['accepted', 'unsent']);
});

for (const [name, off] of [
  ['fast', YEAR],
  ['slow', -YEAR],
] as const)
  test(`a phone a year ${name} works, is not locked out by it, and its order of work stands`, async () => {
    phone.now += off;
    await reload();
    if (phone.app.phase === 'leased') expect(await phone.app.tryContact()).toBe('open');
    await phone.app.save([edit('one')]);
    await phone.app.save([edit('two')]);
    await phone.app.syncNow();
    expect(phone.app.sync).toMatchObject({ unsent: 0, error: null });
    expect(server.log.map((one) => one.record)).toEqual(['one', 'two']);
    // Set right again, it goes on: the office was heard, whatever this clock said.
    phone.now -= off;
    await reload();
    if (phone.app.phase === 'leased') expect(await phone.app.tryContact()).toBe('open');
    await phone.app.save([edit('three')]);
    await phone.app.syncNow();
    expect(phone.app.sync).toMatchObject({ unsent: 0, error: null });
    expect(server.log.map((one) => one.record)).toEqual(['one', 'two', 'three']);
  });

test('a clock that changes between edits never lets a later one be older than an earlier one', async () => {
  const start = phone.now;
  for (const [nth, off] of [0, YEAR, -YEAR, DAY, -DAY].entries()) {
    phone.now = start + off;
    await save(store(), [edit(`edit-${nth}`)], phone.now);
  }
  phone.now = start;
  await phone.app.syncNow();
  const times = server.log.map(({ at }) => at);
  expect(server.log.map((one) => one.record)).toEqual([0, 1, 2, 3, 4].map((nth) => `edit-${nth}`));
  expect(times).toEqual(times.toSorted((one, other) => one - other));
});

test('of a thousand queued changes one is refused and six depend on it: mended, they go anew in their order', async () => {
  const queue = Array.from({ length: 993 }, (_, nth) => edit(`g${nth}`));
  const dependent = Array.from({ length: 6 }, (_, nth) =>
    edit('bad', { set: { [`step-${nth}`]: true } }),
  );
  // The first is invalid, and what comes after it knows no record then.
  const isBad = ({ record: id }: Edit) => id === 'bad';
  server.refuse = (change) => {
    if (!isBad(change) || server.records.has('bad')) return null;
    return change.set?.description === 'bad'
      ? { code: 'invalid', field: 'description', message: 'Too short.' }
      : change.set?.description
        ? null
        : { code: 'unknown_record', message: 'No such record.' };
  };
  const [first, rest] = [queue.slice(0, 500), queue.slice(500)];
  await saveOffline([
    ...first,
    edit('bad'),
    ...dependent.slice(0, 3),
    ...rest,
    ...dependent.slice(3),
  ]);
  expect(phone.app.sync.unsent).toBe(1_000);
  await phone.app.syncNow();
  expect(phone.app.sync.unsent).toBe(0);
  expect(server.log).toHaveLength(993);
  expect(phone.app.refused.map(({ refusal }) => refusal.code)).toEqual([
    'invalid',
    ...dependent.map(() => 'unknown_record'),
  ]);
  await phone.app.sendAgain(
    phone.app.refused[0]!.id,
    edit('bad', { set: { description: 'Good now' } }),
  );
  await phone.app.syncNow();
  expect(phone.app.refused).toEqual([]);
  expect(server.log.slice(993).map(({ n, set }) => [n, Object.keys(set!)[0]])).toEqual([
    [1_001, 'description'],
    ...dependent.map((one, nth) => [1_002 + nth, Object.keys(one.set!)[0]]),
  ]);
  expect(server.records.get('bad')!.fields).toMatchObject({
    description: 'Good now',
    'step-5': true,
  });
});
