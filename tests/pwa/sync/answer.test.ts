import { beforeEach, expect, test } from 'vitest';
import { KEPT_FOR } from '../../../pwa/src/store/journal';
import type { Edit, RecordShown } from '../../../pwa/src/store/types';
import { FakeServer } from '../fake/server';
import { openPhone, record, until, type Phone } from '../phone';

const P = 'patient-1';
const Q = 'patient-2';
let server: FakeServer;
let phone: Phone;

beforeEach(async () => {
  server = new FakeServer([
    { ...record(P, 'patient', P, { name: { family: 'Diallo' } }), version: 0 },
    { ...record('med', 'medication', P, { name: 'Lisinopril', dose: '5 mg' }), version: 0 },
    { ...record(Q, 'patient', Q, { name: { family: 'Tan' } }), version: 0 },
  ]);
  phone = await openPhone(server);
});

const set = (dose: string, more: Partial<Edit> = {}): Edit => ({
  record: 'med',
  kind: 'medication',
  patient: P,
  seen: 2,
  set: { dose },
  ...more,
});

const store = () => phone.app.session.store!;
const states = () => store().memory.entries.map(({ n, state }) => [n, state]);
const shown = async (id: string): Promise<RecordShown | undefined> =>
  (await store().show(`chart/${P}`))?.find((one) => one.id === id);
const rows = () => store().db.getAll('journal');
const places = async (prefix: string) =>
  (await store().db.getAllKeys('sealed')).filter((place) => place.startsWith(prefix));

test('an accepted change leaves the outbox, and its record comes back with it', async () => {
  await phone.app.save([set('10 mg')]);
  await phone.app.syncNow();
  expect(phone.app.sync.unsent).toBe(0);
  expect(await shown('med')).toMatchObject({ fields: { dose: '10 mg' }, unsent: [], version: 4 });
});

test('an accepted change stays laid over its record until a copy with version ≥ its seq arrives', async () => {
  const late = server.records.get('med')!;
  server.faults.push(() =>
    Response.json({
      epoch: server.epoch,
      cursor: '3',
      more: false,
      accepted: [{ n: 1, seq: 9 }],
      refused: [],
      records: [{ ...late, version: 8 }],
    }),
  );
  await phone.app.save([set('10 mg')]);
  await until(() => states()[0]?.[1] === 'laid');
  expect(await shown('med')).toMatchObject({ fields: { dose: '10 mg' }, version: 8 });
  server.head = 9;
  server.put({ ...late, fields: { dose: '10 mg', name: 'Lisinopril' } });
  await phone.app.syncNow();
  expect(states()).toEqual([]);
  expect(await shown('med')).toMatchObject({ unsent: [], version: 10 });
  expect((await rows()).map(({ n, state }) => [n, state])).toEqual([[1, 'kept']]);
});

test('a copy that arrives later replaces the record, whatever its version', async () => {
  const older = { ...server.records.get('med')!, version: 1, fields: { dose: '1 mg' } };
  server.faults.push(() =>
    Response.json({ epoch: server.epoch, cursor: '3', more: false, records: [older] }),
  );
  await phone.app.syncNow();
  expect(await shown('med')).toMatchObject({ version: 1, fields: { dose: '1 mg' } });
});

test('a refused change moves to Not accepted with its reason, and shows no longer', async () => {
  const refusal = { code: 'invalid', field: 'dose', params: { max: 3 }, message: 'Too long.' };
  server.refuse = () => refusal;
  await phone.app.save([set('10 mg')]);
  await phone.app.syncNow();
  expect(phone.app.refused).toEqual([
    expect.objectContaining({
      n: 1,
      refusal,
      refused_at: phone.now,
      change: expect.objectContaining({ set: { dose: '10 mg' } }),
    }),
  ]);
  expect(await shown('med')).toMatchObject({ fields: { dose: '5 mg' }, unsent: [] });
  phone.reload();
  await phone.app.start();
  await phone.app.unlock();
  expect(phone.app.refused).toHaveLength(1);
});

test('forget erases the chart, its drafts and files, and the accepted changes kept for it', async () => {
  await phone.app.draft(`${P}/med/dose`).put('half');
  await phone.app.draft(`${Q}/x`).put('stays');
  await phone.app.putFile(P, new Blob(['abc']));
  await phone.app.save([set('10 mg')]);
  await phone.app.syncNow();
  expect(await rows()).toHaveLength(1);
  server.takeAway(P);
  await phone.app.syncNow();
  expect(await rows()).toEqual([]);
  expect(await places('chart/')).toEqual([`chart/${Q}`]);
  expect(await places('draft/')).toEqual([`draft/${Q}/x`]);
  expect(await places('file/')).toEqual([]);
  expect(phone.app.index.patients.map(({ id }) => id)).toEqual([Q]);
});

test('forget is applied before records: a chart handed over and back arrives whole', async () => {
  server.takeAway(P);
  const again = record('new', 'goal', P, { description: 'x' });
  const patient = server.records.get(P)!;
  server.faults.push(() =>
    Response.json({
      epoch: server.epoch,
      cursor: '9',
      more: false,
      forget: [P],
      records: [patient, { ...again, version: 9 }],
    }),
  );
  await phone.app.syncNow();
  const ids = (await store().show(`chart/${P}`))!.map(({ id }) => id);
  expect(ids.sort()).toEqual(['new', P].sort());
});

test('what was not answered when its chart left is sent, unshown, and then erased', async () => {
  server.signedIn = false;
  await phone.app.save([set('10 mg'), set('15 mg')]);
  server.takeAway(P);
  server.refuse = ({ n }) => (n === 2 ? { code: 'not_yours', message: 'Handed over.' } : null);
  server.signedIn = true;
  // The first answer of a server that takes one change at a time: the second waits beyond the handover.
  server.faults.push(() =>
    Response.json({ epoch: server.epoch, cursor: '4', more: true, forget: [P], records: [] }),
  );
  server.faults.push('lost_request');
  await phone.app.syncNow();
  expect(phone.app.sync.unsent).toBe(2);
  expect(await store().show(`chart/${P}`)).toBeNull();
  expect(phone.app.index.patients.map(({ id }) => id)).toEqual([Q]);
  await phone.app.syncNow();
  expect(server.log.map(({ set }) => set)).toEqual([{ dose: '10 mg' }]);
  const left = await rows();
  expect(left.map(({ n, state }) => [n, state])).toEqual([[2, 'refused']]);
  expect(phone.app.refused).toEqual([
    expect.objectContaining({
      n: 2,
      change: null,
      refusal: expect.objectContaining({ code: 'not_yours' }),
    }),
  ]);
});

test('a chart that comes back shows again what still waits for an answer', async () => {
  server.signedIn = false;
  await phone.app.save([set('10 mg')]);
  server.signedIn = true;
  server.faults.push(() =>
    Response.json({ epoch: server.epoch, cursor: '4', more: true, forget: [P], records: [] }),
  );
  const back = [server.records.get(P)!, server.records.get('med')!];
  server.faults.push(() =>
    Response.json({ epoch: server.epoch, cursor: '5', more: true, records: back }),
  );
  server.faults.push('lost_request');
  await phone.app.syncNow();
  expect(await shown('med')).toMatchObject({ fields: { dose: '10 mg' }, unsent: ['dose'] });
});

test('open forms are saved before their chart is forgotten', async () => {
  let open = true;
  phone.app.onLeave(() => {
    if (open) return phone.app.save([set('typed just before')]);
    return undefined;
  });
  server.takeAway(P);
  await phone.app.syncNow();
  open = false;
  await phone.app.syncNow();
  expect(server.log.map(({ set, n }) => [n, set])).toEqual([[1, { dose: 'typed just before' }]]);
  const sent = server.requests.find(({ changes }) => changes)!;
  expect([sent.made, sent.cursor]).toEqual(['3', '4']);
});

test('a notice of something set aside is told once, and not again after it was let go of', async () => {
  const notice = { device: 'd', n: 1, record: 'med', field: 'dose', value: '7 mg' };
  server.tell(notice);
  await phone.app.syncNow();
  expect(phone.app.index.notices).toEqual([
    { ...notice, kind: 'medication', patient: P, told_at: phone.now },
  ]);
  await phone.app.dismiss(phone.app.index.notices[0]!);
  server.tell(notice);
  await phone.app.syncNow();
  expect(phone.app.index.notices).toEqual([]);
});

test('accepted changes are kept, sealed, for 30 days', async () => {
  await phone.app.save([set('10 mg')]);
  await phone.app.syncNow();
  phone.now += KEPT_FOR - 1;
  await phone.app.syncNow();
  const [row] = await rows();
  expect(row?.state).toBe('kept');
  expect(new TextDecoder('latin1').decode(row!.sealed)).not.toContain('10 mg');
  phone.now += 2;
  await phone.app.syncNow();
  expect(await rows()).toEqual([]);
});

test('reads that were told are forgotten, those that were not are told next time', async () => {
  phone.app.chart(P);
  await until(async () => (await places('read/')).length === 1);
  server.faults.push('lost_request');
  await phone.app.syncNow();
  expect(await places('read/')).toHaveLength(1);
  await phone.app.syncNow();
  expect(server.reads).toEqual([expect.objectContaining({ patient: P, what: 'chart' })]);
  expect(await places('read/')).toEqual([]);
});

test('a record that is pulled by nobody, as the office’s own, leaves this phone once it is answered', async () => {
  const whole = server.fetch;
  server.fetch = async (path, init) => {
    const response = await whole(path, init);
    if (path !== '/api/sync') return response;
    const body = (await response.json()) as { records?: { kind: string }[] };
    return Response.json({
      ...body,
      records: body.records?.filter(({ kind }) => kind !== 'vacancy'),
    });
  };
  const vacancy = { record: 'v', kind: 'vacancy', patient: null, seen: 0, set: { title: 'Nurse' } };
  const word = { record: 'w', kind: 'glossary_entry', patient: null, seen: 0, set: { term: 'BP' } };
  await phone.app.save([vacancy, word]);
  await phone.app.syncNow();
  expect(phone.app.sync.unsent).toBe(0);
  expect((await rows()).map(({ n, state }) => [n, state])).toEqual([[2, 'kept']]);
  expect(await store().show('library/vacancy')).toBeNull();
  expect(await store().show('library/glossary_entry')).toMatchObject([{ id: 'w', unsent: [] }]);
});
