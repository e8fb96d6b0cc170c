/** A disk that was damaged or tampered with: each thing met where it is, and everything else still readable. */
import { beforeEach, expect, test, vi } from 'vitest';
import { openDatabase } from '../../../pwa/src/store/database';
import type { Json } from '../../../pwa/src/store/types';
import { FakeServer } from '../fake/server';
import { openPhone, record, until, type Phone } from '../phone';

const P = 'patient-1';
const Q = 'patient-2';
let server: FakeServer;
let phone: Phone;

beforeEach(async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  server = new FakeServer([
    { ...record(P, 'patient', P, { name: { family: 'Diallo' } }), version: 0 },
    { ...record('med', 'medication', P, { dose: '5 mg' }), version: 0 },
    { ...record(Q, 'patient', Q, { name: { family: 'Tan' } }), version: 0 },
  ]);
  phone = await openPhone(server);
});

const db = () => phone.app.session.store!.db;
const edit = (record: string, patient: string, set: Record<string, Json>) => ({
  ...{ record, kind: 'medication', patient, seen: 2, set },
});

/** One bit of a sealed blob turned over, as by a failing disk or by hand. */
async function tamper(place: string): Promise<void> {
  const sealed = (await db().get('sealed', place))!;
  new Uint8Array(sealed)[30]! ^= 1;
  await db().put('sealed', sealed, place);
}

async function restart(): Promise<void> {
  phone.reload();
  await phone.app.start();
}

const offline = () => (server.fetch = () => Promise.reject(new TypeError('network')));

test('one chart tampered with: it says so, the others open, and the next sync brings it anew', async () => {
  const whole = server.fetch;
  await tamper(`chart/${P}`);
  offline();
  await restart();
  expect(await phone.app.unlock()).toBe('open');
  const [damaged, sound] = [phone.app.chart(P), phone.app.chart(Q)];
  await until(() => damaged.state !== 'loading' && sound.state !== 'loading');
  expect([damaged.state, sound.state]).toEqual(['unreadable', 'open']);
  expect(phone.app.index.patients.map(({ id }) => id).sort()).toEqual([P, Q]);
  server.fetch = whole;
  phone.app.wake();
  await phone.app.syncNow();
  await until(() => damaged.state === 'open');
  expect(damaged.get('med')?.fields.dose).toBe('5 mg');
  expect(phone.app.session.store!.memory.damaged.size).toBe(0);
});

test('what is unsent of a damaged chart is shown, sent, and stands on the copy that comes', async () => {
  server.signedIn = false;
  await phone.app.save([edit('med', P, { dose: '10 mg' })]);
  await tamper(`chart/${P}`);
  await restart();
  await phone.app.unlock();
  const chart = phone.app.chart(P);
  await until(() => chart.state === 'unreadable');
  expect(chart.get('med')?.fields.dose).toBe('10 mg');
  expect(phone.app.sync.unsent).toBe(1);
  server.signedIn = true;
  await phone.app.syncNow();
  await until(() => chart.state === 'open');
  expect(server.log.map(({ set }) => set!.dose)).toEqual(['10 mg']);
  expect(chart.get('med')).toMatchObject({ fields: { dose: '10 mg' }, unsent: [] });
});

test('a delta for a damaged chart does not pass for the chart', async () => {
  await tamper(`chart/${P}`);
  server.put(record('goal', 'goal', P, { description: 'Walk' }));
  await phone.app.syncNow();
  const kept = (await phone.app.session.store!.show(`chart/${P}`))!;
  expect(kept.map(({ id }) => id).sort()).toEqual(['goal', 'med', P]);
});

test('a pull from nothing forgets the charts that it does not bring', async () => {
  await tamper(`chart/${P}`);
  await restart();
  server.faults.push('lost_request');
  await phone.app.unlock();
  phone.app.chart(P);
  await until(() => phone.app.session.store!.memory.damaged.size === 1);
  server.takeAway(Q);
  await until(() => phone.app.sync.phase === 'waiting');
  await phone.app.syncNow();
  expect(phone.app.index.patients.map(({ id }) => id)).toEqual([P]);
  expect(await db().get('sealed', `chart/${Q}`)).toBeUndefined();
});

test('a disk that spoils whatever is written does not keep a phone pulling for ever', async () => {
  await tamper(`chart/${P}`);
  const { store } = phone.app.session;
  const spoil = store!.seal.unsealBytes.bind(store!.seal);
  store!.seal.unsealBytes = (place, sealed) =>
    spoil(place === `chart/${P}` ? 'chart/elsewhere' : place, sealed);
  await store!.show(`chart/${P}`);
  const before = server.requests.length;
  await phone.app.syncNow();
  expect(server.requests.length - before).toBeLessThan(4);
});

test('a truncated entry of the journal is listed, not sent, and holds back no other', async () => {
  server.signedIn = false;
  await phone.app.save([edit('med', P, { dose: '6 mg' })]);
  await phone.app.save([edit('med', P, { dose: '7 mg' })]);
  const [first] = await db().getAll('journal');
  await db().put('journal', { ...first!, sealed: first!.sealed.slice(0, 20) });
  await restart();
  await phone.app.unlock();
  const { n } = first!;
  expect(phone.app.unreadable).toMatchObject([{ n, patient: P, unsent: true }]);
  expect(phone.app.sync.unsent).toBe(1);
  server.signedIn = true;
  await phone.app.syncNow();
  expect(server.log.map(({ set }) => set!.dose)).toEqual(['7 mg']);
  await restart();
  expect(phone.app.sync.unsent).toBe(0);
  await phone.app.unlock();
  expect(phone.app.unreadable).toHaveLength(1);
  expect(await db().get('journal', [first!.device, n])).toMatchObject({ state: 'unreadable' });
  await phone.app.letGoUnreadable(phone.app.unreadable[0]!.id);
  expect(phone.app.unreadable).toEqual([]);
  expect(await db().count('journal')).toBe(1);
});

test('an index that cannot be read, or stands for other charts, is made anew from the charts', async () => {
  offline();
  await tamper('index');
  await restart();
  expect(await phone.app.unlock()).toBe('open');
  expect(phone.app.index.patients.map(({ name }) => name.family).sort()).toEqual(['Diallo', 'Tan']);
});

test('a half-written fold: a chart without its line in the index, and a line without its chart', async () => {
  offline();
  const { store } = phone.app.session;
  const copy = { ...record('p3', 'patient', 'p3', { name: { family: 'Ruiz' } }), version: 9 };
  await store!.keep((step) => step.put('chart/p3', [copy]));
  await db().delete('sealed', `chart/${Q}`);
  await restart();
  expect(await phone.app.unlock()).toBe('open');
  expect(phone.app.index.patients.map(({ name }) => name.family).sort()).toEqual([
    'Diallo',
    'Ruiz',
  ]);
});

test('notices, a draft, a file and a read that cannot be read keep nothing from opening', async () => {
  await phone.app.draft(`${P}/x`).put('half');
  const value = await phone.app.putFile(P, new Blob(['abc']));
  phone.app.chart(P);
  await until(async () => (await db().getAllKeys('sealed')).some((key) => key.startsWith('read/')));
  for (const place of await db().getAllKeys('sealed'))
    if (/^(draft|file|read|notices)/.test(place)) await tamper(place);
  await db().put('sealed', new ArrayBuffer(9), 'notices');
  await restart();
  expect(await phone.app.unlock()).toBe('open');
  expect(await phone.app.draft(`${P}/x`).get()).toBeNull();
  expect(await phone.app.getFile(P, value)).toBeNull();
  await phone.app.syncNow();
  expect(phone.app.sync.error).toBeNull();
});

test('a wrong key opens nothing and says so; everything stays as it was', async () => {
  const before = await db().getAll('sealed');
  const [wrap] = await db().getAll('keys');
  await phone.app.lock();
  phone.authenticator.passkeys.set('another', new Uint8Array(32));
  const credentials = [...phone.authenticator.passkeys.keys()];
  phone.authenticator.passkeys.set(credentials[0]!, new Uint8Array(32).fill(9));
  expect(await phone.app.unlock()).toBe('damaged');
  expect(await phone.app.unlock('ladder orbit canyon velvet pencil')).toBe('wrong');
  expect(phone.app.phase).toBe('locked');
  await restart();
  const { store } = phone.app.session;
  expect(store).toBeNull();
  const again = await openDatabase(server.me.member);
  expect(await again.getAll('keys')).toEqual([wrap]);
  expect((await again.getAll('sealed')).length).toBe(before.length);
});

test('an account that cannot be read is mended by signing in, and unsent work is sent', async () => {
  server.signedIn = false;
  await phone.app.save([edit('med', P, { dose: '8 mg' })]);
  await tamper('account');
  await restart();
  expect(await phone.app.unlock()).toBe('damaged');
  expect([phone.app.phase, phone.app.sync.unsent]).toEqual(['locked', 1]);
  expect(await phone.app.signIn()).toBe('signed_in');
  expect(phone.app.phase).toBe('open');
  await phone.app.syncNow();
  expect(server.log.map(({ set }) => set!.dose)).toEqual(['8 mg']);
  expect(phone.app.sync.unsent).toBe(0);
});
