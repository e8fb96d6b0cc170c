import { beforeEach, expect, test, vi } from 'vitest';
import { openDatabase } from '../../../pwa/src/store/database';
import { refuseWrites } from '../disk';
import { FakeServer } from '../fake/server';
import { openPhone, record, until, type Phone } from '../phone';

const P = 'patient-1';
let server: FakeServer;
let phone: Phone;
let device: string;

beforeEach(async () => {
  server = new FakeServer([{ ...record(P, 'patient', P, {}), version: 0 }]);
  phone = await openPhone(server);
  device = phone.app.device!;
});

const revoke = () => (server.devices.get(device)!.revoked = true);
const databases = () => indexedDB.databases();

async function restart(): Promise<void> {
  phone.reload();
  await phone.app.start();
}

async function unsent(): Promise<void> {
  server.faults.push('lost_request');
  await phone.app.save([{ record: 'x', kind: 'goal', patient: P, seen: 0, set: { a: 1 } }]);
  await until(() => phone.app.sync.phase === 'waiting');
}

test('open, it is erased at the next contact, told with what was unsent, and confirmed', async () => {
  await unsent();
  revoke();
  await phone.app.syncNow();
  expect([phone.app.phase, phone.app.index.patients, phone.app.me]).toEqual([
    'signed_out',
    [],
    null,
  ]);
  expect(await databases()).toEqual([]);
  expect(phone.app.erasures).toMatchObject([{ device, unsent: 1, at: phone.now }]);
  await until(() => server.erased.length === 1);
  expect(server.erased).toEqual([device]);
  phone.app.dismissErasures();
  expect(phone.app.erasures).toEqual([]);
});

test('locked, it is erased all the same, and with the session over', async () => {
  await phone.app.lock();
  server.signedIn = false;
  revoke();
  await restart();
  expect([phone.app.phase, await databases()]).toEqual(['signed_out', []]);
  expect(phone.app.erasures).toHaveLength(1);
  expect(server.erased).toEqual([device]);
});

test('locked and never looked at, it asks by itself', async () => {
  await phone.app.lock();
  revoke();
  phone.pass(5 * 60_000);
  await until(() => phone.app.erasures.length === 1);
});

test('another’s store is erased too while somebody else uses the phone, who is told and goes on', async () => {
  await phone.app.lock();
  server.me = { ...server.me, member: crypto.randomUUID(), name: 'Imani Okafor' };
  expect(await phone.app.join('token')).toBe('joined');
  revoke();
  phone.app.wake();
  await until(() => server.erased.length === 1);
  expect([phone.app.phase, phone.app.me?.name]).toEqual(['open', 'Imani Okafor']);
  expect((await databases()).map(({ name }) => name)).toEqual([`doorstep-${server.me.member}`]);
});

test('the server is told until it has heard, across restarts, and the person until they have seen', async () => {
  const whole = server.fetch;
  server.fetch = async (path, init) => {
    if (String(path).endsWith('/erased')) throw new TypeError('network');
    return whole(path, init);
  };
  revoke();
  await phone.app.syncNow();
  expect(phone.app.erasures).toMatchObject([{ told: false }]);
  phone.app.dismissErasures();
  await restart();
  expect([phone.app.erasures, server.erased]).toEqual([[], []]);
  server.fetch = whole;
  await restart();
  expect(server.erased).toEqual([device]);
  await restart();
  expect(server.erased).toEqual([device]);
});

test('an erasure that was cut short is finished at the next start, before anything can be opened', async () => {
  const { member } = phone.app.session.store!;
  phone.kept.set(
    'doorstep.erased',
    JSON.stringify([{ device, at: 1, unsent: 0, told: false, member, seen: false, done: false }]),
  );
  server.fetch = () => Promise.reject(new TypeError('network'));
  await restart();
  expect([phone.app.phase, await databases()]).toEqual(['signed_out', []]);
  expect(phone.app.erasures).toHaveLength(1);
});

test('an unfinished erasure of a database that does not open is not said to be done', async () => {
  const { member } = phone.app.session.store!;
  const kept = { device, at: 1, unsent: 0, told: false, member, seen: false, done: false };
  phone.kept.set('doorstep.erased', JSON.stringify([kept]));
  vi.spyOn(console, 'error').mockImplementation(() => {});
  const shut = vi.spyOn(indexedDB, 'open').mockImplementation(() => {
    throw new DOMException('Internal error.', 'UnknownError');
  });
  await restart();
  expect([phone.app.phase, server.erased]).toEqual(['unopenable', []]);
  shut.mockRestore();
  await phone.app.start();
  expect([phone.app.phase, await databases()]).toEqual(['signed_out', []]);
});

test('a database without a key, as of an erasure or a making that was cut short, is swept away', async () => {
  (await openDatabase('nobody')).close();
  await restart();
  expect((await databases()).map(({ name }) => name)).toEqual([`doorstep-${server.me.member}`]);
  expect(phone.app.phase).toBe('locked');
});

test('a captive portal revokes nothing', async () => {
  await phone.app.lock();
  server.fetch = async () => new Response('<p>Please pay.</p>', { status: 200 });
  phone.app.wake();
  await restart();
  expect(phone.app.phase).toBe('locked');
});

test('what somebody else wrote in its place is no erasure', async () => {
  phone.kept.set('doorstep.erased', '{"a": [');
  await restart();
  expect(phone.app.erasures).toEqual([]);
});

test('an erasure that is noted as unfinished touches no store that was made since', async () => {
  const { member } = phone.app.session.store!;
  await unsent();
  const old = { device: 'another', at: 1, unsent: 0, told: true, member, seen: false, done: false };
  phone.kept.set('doorstep.erased', JSON.stringify([old]));
  await restart();
  expect([phone.app.phase, phone.app.sync.unsent]).toEqual(['locked', 1]);
  expect(await phone.app.unlock()).toBe('open');
});

test('two tabs that hear of it together erase it once, and both say so', async () => {
  const tab = await phone.openTab();
  revoke();
  for (const app of [phone.app, tab, phone.app, tab]) app.wake();
  await until(() => [phone.app, tab].every(({ phase }) => phase === 'signed_out'));
  await until(() => [phone.app, tab].every(({ erasures }) => erasures.length === 1));
  await until(async () => (await databases()).length === 0);
  await until(() => JSON.parse(phone.kept.get('doorstep.erased')!)[0].told);
  expect(JSON.parse(phone.kept.get('doorstep.erased')!)).toMatchObject([{ done: true }]);
});

test('a full phone erases it all the same', async () => {
  revoke();
  const disk = refuseWrites(1, new DOMException('full', 'QuotaExceededError'));
  await phone.app.syncNow();
  disk.end();
  expect([phone.app.phase, await databases()]).toEqual(['signed_out', []]);
  expect(server.erased).toEqual([device]);
});

test('all that was unsent is handed in before it is erased, in as many parts as it takes', async () => {
  const before = server.requests.length;
  server.faults.push('lost_request');
  const some = Array.from({ length: 2_001 }, (_, nth) => ({
    ...{ record: `x${nth}`, kind: 'goal', patient: P, seen: 0, set: { a: 1 } },
  }));
  await phone.app.save(some);
  await until(() => phone.app.sync.phase === 'waiting');
  revoke();
  await phone.app.syncNow();
  expect(phone.app.erasures).toMatchObject([{ device, unsent: 2_001 }]);
  const sent = server.requests.slice(before).map(({ changes }) => changes?.map(({ n }) => n) ?? []);
  expect(sent.map(({ length }) => length)).toEqual([1_000, 1_000, 1]);
  expect(new Set(sent.flat()).size).toBe(2_001);
});

test('open, and asked whether it is revoked, it hands in first, with what forms save', async () => {
  phone.app.onLeave(() =>
    phone.app.save([{ record: 'x', kind: 'goal', patient: P, seen: 0, set: { a: 1 } }]),
  );
  revoke();
  phone.app.wake();
  await until(() => phone.app.phase === 'signed_out' && server.erased.length === 1);
  const sent = server.requests.flatMap(({ changes }) => changes ?? []);
  expect(sent[0]).toMatchObject({ n: 1, record: 'x' });
});
