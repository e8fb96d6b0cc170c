import { beforeEach, expect, test } from 'vitest';
import type { Edit } from '../../../pwa/src/store/types';
import { FakeServer, problem } from '../fake/server';
import { openPhone, record, until, type Phone } from '../phone';

const P = 'patient-1';
let server: FakeServer;
let phone: Phone;

beforeEach(async () => {
  server = new FakeServer([
    { ...record(P, 'patient', P, { name: { family: 'Diallo' } }), version: 0 },
    { ...record('med', 'medication', P, { dose: '5 mg' }), version: 0 },
  ]);
  phone = await openPhone(server);
});

const set = (dose: string): Edit => ({
  record: 'med',
  kind: 'medication',
  patient: P,
  seen: 2,
  set: { dose },
});
const doses = () => server.log.map(({ set }) => set?.dose);
const device = () => phone.app.session.store!.memory.account.device;

/** Saves while the server cannot be reached. */
async function saveOffline(...edits: Edit[]): Promise<void> {
  server.faults.push('lost_request');
  await phone.app.save(edits);
  await until(() => phone.app.sync.phase === 'waiting');
}

test('a change is answered with its record in one round trip', async () => {
  const before = server.requests.length;
  await phone.app.save([set('10 mg')]);
  await until(() => phone.app.sync.unsent === 0 && phone.app.sync.phase === 'idle');
  expect(server.requests).toHaveLength(before + 1);
});

test('a request carries what the protocol asks for, and leaves out what says nothing', async () => {
  await phone.app.syncNow();
  const { status, ...request } = server.requests.at(-1)!;
  expect(request).toEqual({
    protocol: 1,
    device: device(),
    now: phone.now,
    lang: 'en',
    epoch: 'epoch-1',
    cursor: '2',
    limit: 500,
  });
  expect(status).toEqual({ app: '1.0.0', unsent: 0 });
  expect(server.requests[0]).toMatchObject({ epoch: null, cursor: null });
});

test('a lost answer costs nothing: the change is sent again and stands once', async () => {
  server.faults.push('lost_answer');
  await phone.app.save([set('10 mg')]);
  await until(() => phone.app.sync.error === 'offline');
  expect(phone.app.sync.unsent).toBe(1);
  await phone.app.syncNow();
  expect(doses()).toEqual(['10 mg']);
  expect([phone.app.sync.unsent, phone.app.sync.error]).toEqual([0, null]);
  const [first, again] = server.requests.filter(({ changes }) => changes);
  expect(again!.changes).toEqual(first!.changes);
});

test('one refused change holds back no other', async () => {
  server.refuse = ({ n }) => (n === 2 ? { code: 'invalid', message: 'No.' } : null);
  await saveOffline(set('1 mg'), set('2 mg'), set('3 mg'));
  await phone.app.syncNow();
  expect(doses()).toEqual(['1 mg', '3 mg']);
  expect(phone.app.refused.map(({ n }) => n)).toEqual([2]);
});

test('more than a request may hold goes in several, in order', async () => {
  await saveOffline(...Array.from({ length: 1_100 }, (_, nth) => set(`${nth} mg`)));
  await phone.app.syncNow();
  expect(server.requests.flatMap(({ changes }) => changes?.length ?? [])).toEqual([1_000, 100]);
  expect(doses()).toEqual(Array.from({ length: 1_100 }, (_, nth) => `${nth} mg`));
});

test('made is the cursor applied when the first of the changes was made, left out where it is the cursor', async () => {
  await saveOffline(set('10 mg'));
  await phone.app.syncNow();
  expect(server.requests.at(-1)).not.toHaveProperty('made');
  server.put(record('other', 'goal', P, {}));
  server.faults.push(() =>
    Response.json({ epoch: server.epoch, cursor: '4', more: true, records: [] }),
  );
  server.faults.push('lost_request');
  await phone.app.save([set('15 mg')]);
  await until(() => phone.app.sync.phase === 'waiting');
  await phone.app.syncNow();
  expect(server.requests.at(-1)).toMatchObject({ cursor: '4', made: '3' });
});

test('a long pull comes in pages, and an interrupted one goes on from the last cursor that arrived', async () => {
  for (let nth = 0; nth < 1_200; nth += 1) server.put(record(`goal-${nth}`, 'goal', P, { nth }));
  const before = server.requests.length;
  server.faults.push('none', 'none', 'lost_answer');
  await phone.app.syncNow();
  expect(phone.app.sync.error).toBe('offline');
  phone.reload();
  await phone.app.start();
  await phone.app.unlock();
  await phone.app.syncNow();
  const cursors = server.requests.slice(before).map(({ cursor }) => cursor);
  expect(cursors.slice(0, 4)).toEqual(['2', '502', '1002', '1002']);
  expect(await phone.app.session.store!.show(`chart/${P}`)).toHaveLength(1_202);
});

test('signed out, the phone goes on offline and says so', async () => {
  server.signedIn = false;
  await phone.app.syncNow();
  expect(phone.app.sync.error).toBe('signed_out');
  await phone.app.save([set('10 mg')]);
  expect(phone.app.phase).toBe('open');
  expect(phone.app.sync.unsent).toBe(1);
  await phone.app.join('a fresh link');
  await phone.app.syncNow();
  expect(doses()).toEqual(['10 mg']);
});

test('a revoked phone erases itself and says so', async () => {
  await saveOffline(set('10 mg'));
  server.devices.get(device())!.revoked = true;
  await phone.app.syncNow();
  expect(phone.app.phase).toBe('signed_out');
  expect(phone.app.erasures).toMatchObject([{ unsent: 1, told: true }]);
  expect(phone.app.index.patients).toEqual([]);
  expect(await indexedDB.databases()).toEqual([]);
  phone.reload();
  await phone.app.start();
  expect(phone.app.phase).toBe('signed_out');
});

test('a revoked phone is erased in every tab', async () => {
  const tab = await phone.openTab();
  server.devices.get(device())!.revoked = true;
  await phone.app.syncNow();
  await until(() => tab.phase === 'signed_out');
  expect([tab.erasures.length, tab.index.patients]).toEqual([1, []]);
});

test('a locked phone sends nothing; it only asks whether it is revoked', async () => {
  await saveOffline(set('10 mg'));
  await phone.app.lock();
  const requests = server.requests.length;
  await phone.app.syncNow();
  phone.pass(10 * 60_000);
  phone.app.wake();
  expect(server.requests).toHaveLength(requests);
  expect(phone.app.sync.unsent).toBe(1);
  for (const one of server.devices.values()) one.revoked = true;
  phone.app.wake();
  await until(() => phone.app.phase === 'signed_out');
  expect(phone.app.erasures).toHaveLength(1);
});

test('a copied phone enrols anew and offers the rest under the new id, renumbered from 1', async () => {
  server.faults.push('lost_answer');
  await phone.app.save([set('one')]);
  await until(() => phone.app.sync.error === 'offline');
  await phone.app.save([set('two'), set('three')]);
  const old = device();
  // The copy of this phone was there first: the same number stands for another change.
  const copy = server.requests.at(-1)!;
  const change = { ...copy.changes![0]!, n: 2, set: { dose: 'the copy’s' } };
  const { secret } = server.devices.get(old)!;
  await server.fetch('/api/sync', {
    headers: { 'Doorstep-Device': secret },
    body: JSON.stringify({ ...copy, changes: [change] }),
  });
  await phone.app.syncNow();
  expect(phone.app.sync.error).toBeNull();
  expect(device()).not.toBe(old);
  const sent = server.log.map(({ device, n, set }) => [device === old, n, set?.dose]);
  expect(sent).toEqual([
    [true, 1, 'one'],
    [true, 2, 'the copy’s'],
    [false, 1, 'two'],
    [false, 2, 'three'],
  ]);
  await phone.app.save([set('four')]);
  await phone.app.syncNow();
  expect(server.log.at(-1)).toMatchObject({ n: 3, device: device() });
});

test('a device that the server does not know takes up its id again', async () => {
  await saveOffline(set('10 mg'));
  const before = device();
  const { secret } = phone.app.session.store!.memory.account;
  server.devices.clear();
  await phone.app.syncNow();
  expect(device()).toBe(before);
  expect(phone.app.session.store!.memory.account.secret).not.toBe(secret);
  expect(doses()).toEqual(['10 mg']);
});

test('another organisation’s epoch, met under another member’s session, is no restore of this one’s', async () => {
  await saveOffline(set('10 mg'));
  const { epoch, me } = server;
  server.epoch = 'epoch of the other organisation';
  server.me = { ...me, member: 'somebody-else', organisation: 'another' };
  await phone.app.syncNow();
  expect(phone.app.sync).toMatchObject({ error: 'signed_out', restored: null });
  Object.assign(server, { epoch, me });
  await phone.app.syncNow();
  expect(doses()).toEqual(['10 mg']);
});

test('another member’s session never sends this member’s work', async () => {
  await saveOffline(set('10 mg'));
  server.devices.clear();
  server.me = { ...server.me, member: 'somebody else' };
  await phone.app.syncNow();
  expect(phone.app.sync.error).toBe('signed_out');
  expect(server.devices.size).toBe(0);
  expect(phone.app.sync.unsent).toBe(1);
});

test('a request that is too large is sent in smaller parts', async () => {
  server.faults.push('lost_request');
  await phone.app.save([set('1 mg'), set('2 mg'), set('3 mg'), set('4 mg'), set('5 mg')]);
  await until(() => phone.app.sync.phase === 'waiting');
  server.faults.push(() => problem(413, 'too_large'));
  await phone.app.syncNow();
  expect(server.requests.slice(-3).map(({ changes }) => changes?.length)).toEqual([2, 2, 1]);
  expect(doses()).toEqual(['1 mg', '2 mg', '3 mg', '4 mg', '5 mg']);
});

test('a change that is too large by itself is not accepted, and holds back no other', async () => {
  await saveOffline(set('huge'), set('2 mg'));
  const tooLarge = () => problem(413, 'too_large');
  server.faults.push(tooLarge, tooLarge);
  await phone.app.syncNow();
  expect(phone.app.refused.map(({ n, refusal }) => [n, refusal.code])).toEqual([[1, 'too_large']]);
  expect(doses()).toEqual(['2 mg']);
});

test('an app that the server no longer speaks with is outdated; a busy server is waited for', async () => {
  server.faults.push(() => problem(426, 'protocol'));
  await phone.app.syncNow();
  expect([phone.app.sync.error, phone.app.sync.detail]).toEqual(['outdated', 'Said of protocol.']);
  server.faults.push(() => problem(503, 'busy'));
  await phone.app.syncNow();
  expect(phone.app.sync.error).toBe('offline');
  await phone.app.syncNow();
  expect([phone.app.sync.error, phone.app.sync.detail]).toEqual([null, null]);
});

test('an answer that answers none of what was sent does not turn in a circle', async () => {
  await saveOffline(set('10 mg'));
  const deaf = { epoch: server.epoch, cursor: '2', more: false, accepted: [], refused: [] };
  const before = server.requests.length;
  server.faults.push(() => Response.json(deaf));
  await phone.app.syncNow();
  expect(server.requests).toHaveLength(before);
  expect(phone.app.sync.unsent).toBe(1);
});

test('two tabs: one syncs, the other shows what came', async () => {
  const tab = await phone.openTab();
  server.put({ ...server.records.get('med')!, fields: { dose: '40 mg' } });
  await phone.app.syncNow();
  const chart = tab.chart(P);
  await until(() => chart.get('med')?.fields.dose === '40 mg');
  expect(tab.phase).toBe('open');
});
