import { openDB } from 'idb';
import { expect, test } from 'vitest';
import { FakeServer, problem } from '../fake/server';
import { openPhone, Phone, record, until } from '../phone';

const P = 'patient-1';
const one = () => [{ ...record(P, 'patient', P, { name: { family: 'Diallo' } }), version: 0 }];

test('a phone that nobody uses is signed out', async () => {
  const phone = new Phone(new FakeServer());
  expect(phone.app.phase).toBe('loading');
  await phone.app.start();
  expect(phone.app.phase).toBe('signed_out');
});

test('a link signs in, enrols the phone and brings the caseload', async () => {
  const phone = await openPhone(new FakeServer(one()));
  expect(phone.app.phase).toBe('open');
  expect(phone.app.me?.name).toBe('Rosa Delgado');
  expect(phone.server.devices.size).toBe(1);
  expect(phone.app.index.patients).toHaveLength(1);
});

test('a used link, no signal and an outdated app are told apart', async () => {
  const phone = new Phone(new FakeServer());
  await phone.app.start();
  expect(await phone.app.join('used')).toBe('used');
  const answers = [
    () => Promise.reject(new TypeError('network')),
    async () => problem(426, 'protocol'),
  ];
  phone.server.fetch = () => answers.shift()!();
  const cut = new Phone(phone.server);
  await cut.app.start();
  expect(await cut.app.join('token')).toBe('offline');
  expect(await cut.app.join('token')).toBe('outdated');
  expect(cut.app.phase).toBe('signed_out');
});

test('a sign-in that was cut off before the phone was enrolled goes on by itself', async () => {
  const server = new FakeServer(one());
  const whole = server.fetch;
  server.fetch = async (path, init) => {
    if (path === '/api/devices') throw new TypeError('network');
    return whole(path, init);
  };
  const phone = new Phone(server);
  await phone.app.start();
  expect(await phone.app.join('token')).toBe('offline');
  expect(phone.app.phase).toBe('signed_out');
  server.fetch = whole;
  phone.reload();
  await phone.app.start();
  expect(phone.app.phase).toBe('open');
});

test('after a reload the app is locked, offline too, and opens without a network', async () => {
  const phone = await openPhone(new FakeServer(one()));
  phone.server.fetch = () => Promise.reject(new TypeError('network'));
  phone.reload();
  await phone.app.start();
  expect(phone.app.phase).toBe('locked');
  expect(phone.app.me).toBeNull();
  expect(phone.app.index.patients).toEqual([]);
  expect(await phone.app.unlock()).toBe('open');
  expect(phone.app.me?.name).toBe('Rosa Delgado');
  expect(phone.app.index.patients).toHaveLength(1);
});

test('a lock screen knows how much is unsent, and nothing else', async () => {
  const phone = await openPhone(new FakeServer(one()));
  phone.server.signedIn = false;
  await phone.app.save([{ record: 'x', kind: 'goal', patient: P, seen: 0, set: { a: 1 } }]);
  phone.reload();
  await phone.app.start();
  await until(() => phone.app.sync.unsent === 1);
  expect(phone.app.refused).toEqual([]);
});

test('locking lets forms save first, and locks every tab', async () => {
  const phone = await openPhone(new FakeServer(one()));
  phone.server.signedIn = false;
  const tab = await phone.openTab();
  phone.app.onLeave(() =>
    phone.app.save([{ record: 'x', kind: 'goal', patient: P, seen: 0, set: { a: 1 } }]),
  );
  phone.app.onLeave(() => Promise.reject(new Error('A form with a fault.')));
  await phone.app.lock();
  expect(phone.app.phase).toBe('locked');
  expect(phone.app.sync.unsent).toBe(1);
  await until(() => tab.phase === 'locked');
  expect(tab.index.patients).toEqual([]);
});

test('two members on one phone have a store each, and neither sees the other’s', async () => {
  const server = new FakeServer(one());
  const phone = await openPhone(server);
  server.signedIn = false;
  await phone.app.save([{ record: 'x', kind: 'goal', patient: P, seen: 0, set: { a: 1 } }]);
  const [first, rosa] = [server.me, phone.app.session.store!.member];
  server.me = { ...first, member: 'imani', name: 'Imani Okafor' };
  server.records.clear();
  expect(await phone.app.join('token')).toBe('joined');
  await phone.app.syncNow();
  expect(phone.app.me?.name).toBe('Imani Okafor');
  expect([phone.app.index.patients.length, phone.app.sync.unsent]).toEqual([0, 0]);
  server.me = first;
  expect(await phone.app.join('token')).toBe('joined');
  expect(phone.app.session.store!.member).toBe(rosa);
  expect(phone.app.index.patients).toHaveLength(1);
});

test('signing out asks first when work is unsent, needs a signal, and keeps the store sealed', async () => {
  const server = new FakeServer(one());
  const phone = await openPhone(server);
  server.faults.push('lost_request');
  await phone.app.save([{ record: 'x', kind: 'goal', patient: P, seen: 0, set: { a: 1 } }]);
  await until(() => phone.app.sync.phase === 'waiting');
  expect(await phone.app.signOut()).toBe('unsent');
  const whole = server.fetch;
  server.fetch = () => Promise.reject(new TypeError('network'));
  const cut = new Phone(server);
  for (const [key, value] of phone.kept) cut.kept.set(key, value);
  await cut.app.start();
  await cut.app.unlock();
  expect(await cut.app.signOut(true)).toBe('offline');
  expect(cut.app.phase).toBe('open');
  server.fetch = whole;
  expect(await phone.app.signOut(true)).toBe('done');
  expect(phone.app.phase).toBe('signed_out');
  expect(await phone.app.join('token')).toBe('joined');
  await phone.app.syncNow();
  expect(server.log).toHaveLength(1);
});

test('a store that a newer app has written is left alone: the app is outdated', async () => {
  const phone = await openPhone(new FakeServer(one()));
  const { member } = phone.app.session.store!;
  phone.app.session.store!.close();
  (await openDB(`doorstep-${member}`, 99)).close();
  phone.reload();
  await phone.app.start();
  expect(phone.app.sync.error).toBe('outdated');
  expect(await indexedDB.databases()).toHaveLength(1);
});
