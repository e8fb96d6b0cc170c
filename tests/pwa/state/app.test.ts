import { beforeEach, expect, test } from 'vitest';
import { rangeUnder } from '../../../pwa/src/store/step';
import { caseload } from '../fake/caseload';
import { FakeServer, problem } from '../fake/server';
import { openPhone, record, until, type Phone } from '../phone';

const P = 'patient-1';
let server: FakeServer;
let phone: Phone;

beforeEach(async () => {
  server = new FakeServer([
    { ...record(P, 'patient', P, { name: { family: 'Diallo' } }), version: 0 },
    { ...record('visit', 'visit', P, { status: 'finished' }), version: 0 },
  ]);
  phone = await openPhone(server);
});

const task = (fields: object) => ({
  record: 'task',
  kind: 'task',
  patient: P,
  seen: 0,
  set: { ...fields },
});

test('what is saved is in the chart and in the lists at once, and marked as not yet sent', async () => {
  server.signedIn = false;
  const chart = phone.app.chart(P);
  await until(() => chart.state === 'open');
  await phone.app.save([task({ description: 'Call' })]);
  await until(() => chart.of('task').length === 1);
  expect(chart.get('task')).toMatchObject({ fields: { description: 'Call' }, unsent: ['*'] });
  expect(phone.app.index.tasks).toMatchObject([{ description: 'Call', unsent: true }]);
  expect(phone.app.sync.oldest).toBe(phone.now);
});

test('a save is sent by itself', async () => {
  await phone.app.save([task({ description: 'Call' })]);
  await until(() => server.log.length === 1);
  await until(() => phone.app.sync.unsent === 0);
  expect(phone.app.index.tasks).toMatchObject([{ unsent: false }]);
});

test('a whole caseload is summarised', async () => {
  const full = await openPhone(new FakeServer(caseload(Date.parse('2026-11-21T10:00:00Z'))));
  const { patients, appointments, tasks, review } = full.app.index;
  expect([patients.length, appointments.length, tasks.length]).toEqual([12, 19, 24]);
  expect(review.map(({ field, state }) => `${field} ${state}`)).toEqual([
    'dose contested',
    'priority overruled',
  ]);
});

test('the card of a member of staff comes from the library', async () => {
  server.put(record('imani', 'member', null, { name: { family: 'Okafor' } }));
  await phone.app.syncNow();
  phone.app.member('imani');
  await until(() => phone.app.member('imani') !== null);
  expect(phone.app.member('imani')!.fields.name).toEqual({ family: 'Okafor' });
  expect(phone.app.member('nobody')).toBeNull();
});

test('the summary of a visit that is not yet sent is sent for first', async () => {
  const whole = server.fetch;
  server.fetch = async (path, init) =>
    String(path).includes('summary.pdf')
      ? new Response('%PDF', { headers: { 'Content-Type': 'application/pdf' } })
      : whole(path, init);
  phone.reload();
  await phone.app.start();
  await phone.app.unlock();
  await phone.app.syncNow();
  const addendum = { record: 'visit', kind: 'visit', patient: P, seen: 2, set: { reason: 'x' } };
  server.faults.push('lost_request', 'lost_request');
  await phone.app.save([addendum]);
  await until(() => phone.app.sync.phase === 'waiting');
  expect(await phone.app.fetchSummary('visit', 'en', 'patient')).toEqual({ error: 'offline' });
  expect(await phone.app.fetchSummary('visit', 'en', 'patient')).toHaveProperty('pdf');
  expect(server.log).toHaveLength(1);
});

test('a chart opened again is a read again', async () => {
  const noted = async (reads: number) => {
    const { db } = phone.app.session.store!;
    await until(async () => (await db.getAllKeys('sealed', rangeUnder('read/'))).length === reads);
  };
  phone.app.chart(P);
  await noted(1);
  await phone.app.lock();
  server.faults.push('lost_request');
  await phone.app.unlock();
  phone.app.chart(P);
  await noted(2);
  await until(() => phone.app.sync.phase === 'waiting');
  await phone.app.syncNow();
  const reads = server.reads.map(({ patient, what }) => [patient, what]);
  expect(reads).toEqual([
    [P, 'chart'],
    [P, 'chart'],
  ]);
});

test('an id for a new record is a UUID of version 7', () => {
  expect(phone.app.newId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab]/);
});

test('an update lets forms save before the new version starts', async () => {
  const order: string[] = [];
  phone.app.onLeave(() => void order.push('saved'));
  const end = phone.app.onLeave(() => void order.push('a form that has gone'));
  end();
  phone.activated = () => order.push('started');
  await phone.app.update();
  expect(order).toEqual(['saved', 'started']);
});

test('too old for the office, it keeps all, looks for the new version and starts it once nobody is looking', async () => {
  const told: string[] = [];
  phone.lookedFor = () => told.push('looked');
  phone.activated = () => told.push('started');
  server.faults.push(() => problem(426, 'protocol', { protocols: [2] }));
  await phone.app.save([task({ description: 'Call' })]);
  await phone.app.syncNow();
  expect([phone.app.sync.error, phone.app.sync.unsent, told]).toEqual(['outdated', 1, ['looked']]);
  await phone.app.hide();
  phone.app.wake();
  await phone.app.syncNow();
  expect(told).not.toContain('started');

  server.faults.push(() => problem(426, 'protocol', { protocols: [2] }));
  await phone.app.syncNow();
  phone.app.updateFound();
  expect(told).not.toContain('started');
  await phone.app.hide();
  await until(() => told.includes('started'));
});

test('a version that the office still hears waits to be started', async () => {
  let started = false;
  phone.activated = () => (started = true);
  await phone.app.hide();
  phone.app.updateFound();
  await phone.app.leave();
  expect([phone.app.updateReady, started]).toEqual([true, false]);
});

test('an office screen asks as this phone’s member, with the secret of the phone', async () => {
  const whole = server.fetch;
  const asked: [string, RequestInit][] = [];
  server.fetch = async (path, init) => {
    if (!String(path).startsWith('/api/office')) return whole(path, init);
    asked.push([String(path), init!]);
    return Response.json({ members: [] });
  };
  phone.reload();
  await phone.app.start();
  await phone.app.unlock();
  const read = (body: unknown) => (body as { members: [] }).members;
  expect(await phone.app.ask('/api/office/members', read)).toEqual({ answer: [] });
  await phone.app.ask('/api/office/members', read, { method: 'POST', body: { name: 'x' } });
  const [[, get], [, post]] = asked as [[string, RequestInit], [string, RequestInit]];
  const { secret } = phone.app.session.store!.memory.account;
  expect(get).toMatchObject({ method: 'GET', headers: { 'Doorstep-Device': secret } });
  expect(post).toMatchObject({ method: 'POST', body: '{"name":"x"}' });
  await phone.app.lock();
  expect(() => phone.app.ask('/api/office/members', read)).toThrow();
});
