import { beforeEach, expect, test } from 'vitest';
import type { Edit, RecordShown, ServerRecord } from '../../../pwa/src/store/types';
import { FakeServer, problem } from '../fake/server';
import { openPhone, record, until, type Phone } from '../phone';

const P = 'patient-1';
const Q = 'patient-2';
let server: FakeServer;
let phone: Phone;

beforeEach(async () => {
  server = new FakeServer([
    { ...record(P, 'patient', P, { name: { family: 'Diallo' } }), version: 0 },
    { ...record('med', 'medication', P, { dose: '5 mg' }), version: 0 },
    { ...record(Q, 'patient', Q, { name: { family: 'Tan' } }), version: 0 },
    { ...record('word', 'glossary_entry', null, { term: 'BP' }), version: 0 },
  ]);
  phone = await openPhone(server);
});

const edit = (more: Partial<Edit> = {}): Edit => ({
  record: 'med',
  kind: 'medication',
  patient: P,
  seen: 2,
  ...more,
});
const set = (dose: string, seen = 2): Edit => edit({ seen, set: { dose } });
const goal = (id: string, patient = P): Edit => ({
  record: id,
  kind: 'goal',
  patient,
  seen: 0,
  set: { description: id },
});
const store = () => phone.app.session.store!;
const device = () => store().memory.account.device;
const rows = async () =>
  (await store().db.getAll('journal')).map(({ n, state }) => [n, state] as const);
const chart = (patient = P) => store().show(`chart/${patient}`);
const shown = async (id: string): Promise<RecordShown | undefined> =>
  (await chart())?.find((one) => one.id === id);

async function saveOffline(...edits: Edit[]): Promise<void> {
  server.faults.push('lost_request');
  await phone.app.save(edits);
  await until(() => phone.app.sync.phase === 'waiting');
}

/** Saves and syncs, in the state that a backup of before would lose. */
async function work(...edits: Edit[]): Promise<void> {
  await phone.app.save(edits);
  await phone.app.syncNow();
}

/** What this phone shows is what the server has. */
async function expectAgreement(): Promise<void> {
  const held = [...server.records.values()].filter(({ patient }) => patient === P);
  const copies = ((await chart()) ?? []).map(({ unsent: _, ...copy }) => copy);
  expect(copies.sort(byId)).toEqual(held.sort(byId));
}
const byId = (one: ServerRecord, other: ServerRecord) => (one.id < other.id ? -1 : 1);

async function reload(): Promise<void> {
  phone.reload();
  await phone.app.start();
  await phone.app.unlock();
}

test('what the server had accepted and lost is taken back, each with the number that it had', async () => {
  const backup = server.backup();
  await work(goal('walk'), set('10 mg'));
  await work(set('15 mg', 6));
  server.restore(backup);
  expect(server.records.get('med')!.fields.dose).toBe('5 mg');
  await phone.app.syncNow();
  expect(server.takenBack).toMatchObject([
    {
      protocol: 1,
      device: device(),
      of: device(),
      lang: 'en',
      epoch: 'epoch-2',
      changes: [
        { n: 1, seqs: [5], record: 'walk' },
        { n: 2, seqs: [6], set: { dose: '10 mg' } },
        { n: 3, seqs: [7], set: { dose: '15 mg' } },
      ],
    },
  ]);
  expect(server.log.map(({ seq, seqs }) => [seq - 2 ** 32, seqs])).toEqual([
    [1, [5]],
    [2, [6]],
    [3, [7]],
  ]);
  expect(phone.app.sync).toMatchObject({ restored: null, error: null, unsent: 0 });
  expect(store().memory.progress.epoch).toBe('epoch-2');
  await expectAgreement();
  expect(await rows()).toEqual([
    [1, 'kept'],
    [2, 'kept'],
    [3, 'kept'],
  ]);
});

test('the content of what is taken back is what was sent the first time', async () => {
  const backup = server.backup();
  await work(goal('walk'), set('10 mg'));
  const [first] = server.requests.filter(({ changes }) => changes).map(({ changes }) => changes!);
  server.restore(backup);
  await phone.app.syncNow();
  const again = server.takenBack[0]!.changes.map(({ seqs: _, ...change }) => change);
  expect(again).toEqual(first);
});

test('a second restore is told every number that a change ever had', async () => {
  const backup = server.backup();
  await work(set('10 mg'));
  server.restore(backup);
  await phone.app.syncNow();
  server.restore(backup);
  await phone.app.syncNow();
  expect(server.takenBack.at(-1)!.changes).toMatchObject([{ n: 1, seqs: [5, 2 ** 32 + 1] }]);
  expect(server.log).toMatchObject([{ seq: 2 * 2 ** 32 + 1, seqs: [5, 2 ** 32 + 1] }]);
  await expectAgreement();
});

test('what the backup has keeps its number, and its dot is answered as it stands', async () => {
  await work(set('10 mg'));
  const backup = server.backup();
  await work(goal('walk'));
  server.restore(backup);
  await phone.app.syncNow();
  expect(server.log.map(({ seq }) => seq)).toEqual([5, 2 ** 32 + 1]);
  server.restore(server.backup());
  await phone.app.syncNow();
  const told = server.takenBack.at(-1)!.changes.map(({ seqs }) => seqs);
  expect(told).toEqual([[5], [6, 2 ** 32 + 1]]);
});

test('where the server had moved the time of a change, it is told that time', async () => {
  const backup = server.backup();
  server.correct = ({ at }) => at - 60_000;
  await work(set('10 mg'));
  const { at } = server.log[0]!;
  server.restore(backup);
  await phone.app.syncNow();
  expect(server.takenBack[0]!.changes).toMatchObject([{ at, corrected: at - 60_000 }]);
});

test('the outbox goes the same way, after what had been accepted, and once', async () => {
  const backup = server.backup();
  await work(set('10 mg'));
  await saveOffline(set('15 mg', 5), goal('walk'));
  server.restore(backup);
  await phone.app.syncNow();
  expect(server.takenBack[0]!.changes.map(({ n, seqs }) => [n, seqs])).toEqual([
    [1, [5]],
    [2, undefined],
    [3, undefined],
  ]);
  const since = server.requests.filter(({ epoch }) => epoch === 'epoch-2');
  expect(since.flatMap(({ changes }) => changes ?? [])).toEqual([]);
  expect([phone.app.sync.unsent, server.log.length]).toEqual([0, 3]);
  await expectAgreement();
});

test('a change that waits stays, is shown, and is asked about again until its answer is final', async () => {
  server.takeAway(Q);
  await phone.app.syncNow();
  const backup = server.backup();
  server.giveBack(Q);
  await phone.app.syncNow();
  await work(goal('dance', Q));
  server.restore(backup);
  await saveOffline(goal('walk'));
  await phone.app.syncNow();
  expect(server.waiting).toMatchObject([{ record: 'dance' }]);
  expect(phone.app.sync).toMatchObject({ restored: null, waiting: 1, unsent: 0 });
  // Its chart is not held, so nothing of it is shown; it is kept all the same.
  expect(await chart(Q)).toBeNull();
  await reload();
  expect(phone.app.sync.waiting).toBe(1);
  await phone.app.syncNow();
  const asked = server.takenBack.at(-1)!.changes;
  expect(asked).toMatchObject([{ n: 1, seqs: [7] }]);
  server.giveBack(Q);
  await phone.app.syncNow();
  expect(phone.app.sync.waiting).toBe(0);
  expect((await chart(Q))!.map(({ id }) => id).sort()).toEqual(['dance', Q]);
});

test('what waits in a chart that is held lies over the copy that came, and not over the one before', async () => {
  const backup = server.backup();
  // Somebody else makes a record, and this phone an edit of it, to which they then set again.
  server.put(record('new', 'medication', P, { dose: '1 mg' }));
  await phone.app.syncNow();
  await work(edit({ record: 'new', seen: 5, set: { dose: '2 mg' } }));
  server.put(record('new', 'medication', P, { dose: '3 mg' }));
  await phone.app.syncNow();
  server.restore(backup);
  server.faults.push('none', 'lost_request');
  await phone.app.syncNow();
  expect(phone.app.sync).toMatchObject({ restored: { stage: 'pulling' }, waiting: 1 });
  expect(await shown('new')).toMatchObject({ fields: { dose: '3 mg' }, unsent: [] });
  await phone.app.syncNow();
  expect(phone.app.sync.restored).toBeNull();
  expect(await shown('new')).toMatchObject({ fields: { dose: '2 mg' }, unsent: ['*'] });
  server.put(record('new', 'medication', P, { dose: '3 mg' }));
  await phone.app.syncNow();
  expect(phone.app.sync.waiting).toBe(0);
});

test('while something waits, what is typed since goes with it, and none of it by the way of every day', async () => {
  const backup = server.backup();
  server.put(record('new', 'medication', P, { dose: '1 mg' }));
  await phone.app.syncNow();
  await work(edit({ record: 'new', seen: 5, set: { dose: '2 mg' } }));
  server.restore(backup);
  await phone.app.syncNow();
  const pushed = server.requests.flatMap(({ changes }) => changes ?? []).length;
  await work(edit({ record: 'new', seen: 6, set: { note: 'after' } }), goal('walk'));
  expect(server.requests.flatMap(({ changes }) => changes ?? [])).toHaveLength(pushed);
  expect(server.takenBack.map(({ changes }) => changes.map(({ n }) => n))).toContainEqual([
    1, 2, 3,
  ]);
  expect(phone.app.sync).toMatchObject({ waiting: 2, unsent: 0 });
  expect(await shown('walk')).toMatchObject({ unsent: [] });
});

test('once the restore is ended, what still waits is not accepted, with all it says', async () => {
  const backup = server.backup();
  server.put(record('new', 'medication', P, { dose: '1 mg' }));
  await phone.app.syncNow();
  await work(edit({ record: 'new', seen: 5, set: { dose: '2 mg' } }));
  server.restore(backup);
  await phone.app.syncNow();
  server.endRestore();
  await phone.app.syncNow();
  expect(phone.app.sync.waiting).toBe(0);
  expect(phone.app.refused).toMatchObject([
    { n: 1, refusal: { code: 'unknown_record' }, change: { set: { dose: '2 mg' } } },
  ]);
  // Mended, it goes under a new number; a cursor of the epoch before would be malformed.
  await phone.app.sendAgain(
    phone.app.refused[0]!.id,
    edit({ record: 'new', seen: 0, set: { dose: '2 mg' } }),
  );
  await phone.app.syncNow();
  expect(phone.app.sync).toMatchObject({ error: null, unsent: 0 });
  expect(server.records.get('new')).toMatchObject({ fields: { dose: '2 mg' } });
});

test('records that stand here with a lost number are offered for salvage, and no others', async () => {
  const backup = server.backup();
  server.put(record('new', 'medication', P, { dose: '1 mg' }));
  server.put(record('other', 'glossary_entry', null, { term: 'HR' }));
  await phone.app.syncNow();
  server.restore(backup);
  await phone.app.syncNow();
  expect(server.salvaged.map(({ id, version }) => [id, version])).toEqual([
    ['new', 5],
    ['other', 6],
  ]);
});

test('nothing stays that the pull did not bring, of charts and of the library', async () => {
  const backup = server.backup();
  server.put(record('new', 'medication', P, {}));
  server.put(record('R', 'patient', 'R', { name: { family: 'Lost' } }));
  server.put(record('word-2', 'glossary_entry', null, {}));
  server.put(record('place', 'resource', null, {}));
  await phone.app.syncNow();
  await phone.app.draft('R/x').put('half');
  expect(phone.app.index.patients).toHaveLength(3);
  server.restore(backup);
  await phone.app.syncNow();
  await expectAgreement();
  expect(phone.app.index.patients.map(({ id }) => id).sort()).toEqual([P, Q]);
  expect(await store().show('library/glossary_entry')).toMatchObject([{ id: 'word' }]);
  expect(await store().show('library/resource')).toBeNull();
  const places = await store().db.getAllKeys('sealed');
  expect(places.filter((place) => /R|resource|brought/.test(place))).toEqual([]);
});

test('cut off in the middle of its pull, all that was here is still shown, and the pull goes on', async () => {
  const backup = server.backup();
  for (let nth = 0; nth < 700; nth += 1) server.put(record(`g${nth}`, 'goal', P, { nth }));
  await phone.app.syncNow();
  server.restore(backup);
  for (let nth = 0; nth < 600; nth += 1) server.put(record(`h${nth}`, 'goal', P, { nth }));
  server.faults.push('none', 'none', 'lost_request');
  await phone.app.syncNow();
  expect(phone.app.sync.restored).toMatchObject({ stage: 'pulling', done: 500, total: null });
  const ids = (await chart())!.map(({ id }) => id);
  expect([ids.includes('g699'), ids.includes('h0')]).toEqual([true, true]);
  await reload();
  await phone.app.syncNow();
  await expectAgreement();
  expect(await chart()).toHaveLength(602);
});

test('what is typed in the middle of following is kept, and taken back at its end', async () => {
  const backup = server.backup();
  await work(set('10 mg'));
  server.restore(backup);
  server.faults.push('none', 'lost_request');
  await phone.app.syncNow();
  expect(phone.app.sync.restored).toMatchObject({ stage: 'pulling' });
  await phone.app.save([set('15 mg', 5)]);
  await phone.app.syncNow();
  expect(phone.app.sync).toMatchObject({ restored: null, unsent: 0, error: null });
  expect(server.takenBack.at(-1)!.changes).toMatchObject([{ n: 2, seen: 5 }]);
  expect(server.records.get('med')!.fields.dose).toBe('15 mg');
  await expectAgreement();
});

test('open forms are saved before a new epoch is followed, and before its pull is complete', async () => {
  const backup = server.backup();
  let typed = 0;
  phone.app.onLeave(async () => {
    if (typed < 2) await phone.app.save([goal(`typed-${(typed += 1)}`)]);
  });
  server.restore(backup);
  await phone.app.syncNow();
  expect(server.takenBack.flatMap(({ changes }) => changes.map((one) => one.record))).toEqual([
    'typed-1',
    'typed-2',
  ]);
  await expectAgreement();
});

test('another epoch in the middle of following is followed from the first', async () => {
  const backup = server.backup();
  await work(set('10 mg'), goal('walk'));
  server.put(record('new', 'medication', P, { dose: '1 mg' }));
  await phone.app.syncNow();
  for (const at of ['offering', 'salvaging', 'pulling']) {
    const again = () => {
      server.restore(backup);
      return problem(503, 'busy');
    };
    server.restore(backup);
    if (at === 'offering') server.takeBackFaults.push(again);
    else if (at === 'salvaging') server.salvageFaults.push(again);
    else server.faults.push('none', again);
    await phone.app.syncNow();
    expect(phone.app.sync).toMatchObject({ restored: { stage: at }, error: 'offline' });
    await phone.app.syncNow();
    expect(phone.app.sync, at).toMatchObject({ restored: null, error: null });
    expect(store().memory.progress.epoch).toBe(server.epoch);
    expect(server.log.map((one) => one.record)).toEqual(['med', 'walk']);
    expect(server.salvaged.map(({ id }) => id)).toContain('new');
    await expectAgreement();
    server.put(record('new', 'medication', P, { dose: '1 mg' }));
    await phone.app.syncNow();
  }
});

test('a device that the restored server does not know takes up its id again, in the middle of following', async () => {
  const fresh = new FakeServer();
  const before = fresh.backup();
  const other = await openPhone(fresh);
  const id = other.app.device;
  await other.app.save([goal('walk')]);
  await other.app.syncNow();
  fresh.restore(before);
  await other.app.syncNow();
  expect(other.app.device).toBe(id);
  expect(fresh.log).toMatchObject([{ device: id, seqs: [1] }]);
  expect(other.app.sync).toMatchObject({ error: null, restored: null });
});

test('signed out in the middle, it goes on after the next sign-in', async () => {
  const backup = server.backup();
  await work(set('10 mg'));
  server.restore(backup);
  server.takeBackFaults.push(() => {
    server.signedIn = false;
    return problem(401, 'signed_out');
  });
  await phone.app.syncNow();
  expect(phone.app.sync).toMatchObject({ error: 'signed_out', restored: { stage: 'offering' } });
  expect(await phone.app.signIn()).toBe('signed_in');
  await phone.app.syncNow();
  expect(phone.app.sync).toMatchObject({ error: null, restored: null });
  expect(server.log).toMatchObject([{ set: { dose: '10 mg' } }]);
});

test('locked in the middle, it sends nothing; unlocked, it goes on', async () => {
  const backup = server.backup();
  await work(set('10 mg'));
  server.restore(backup);
  server.takeBackFaults.push('lost_request');
  await phone.app.syncNow();
  await phone.app.lock();
  expect(phone.app.sync.restored).toBeNull();
  phone.pass(10 * 60_000);
  await phone.app.syncNow();
  expect(server.takenBack).toEqual([]);
  await phone.app.unlock();
  await phone.app.syncNow();
  expect(phone.app.sync.restored).toBeNull();
  expect(server.log).toMatchObject([{ set: { dose: '10 mg' } }]);
});

test('answers lost in every stage change nothing, and nothing is taken twice', async () => {
  const backup = server.backup();
  await work(set('10 mg'), goal('walk'));
  server.put(record('new', 'medication', P, {}));
  await phone.app.syncNow();
  server.restore(backup);
  server.takeBackFaults.push('lost_answer');
  server.salvageFaults.push('lost_answer');
  server.faults.push('lost_answer', 'none', 'lost_answer');
  for (let nth = 0; nth < 6; nth += 1) await phone.app.syncNow();
  expect(phone.app.sync).toMatchObject({ error: null, restored: null, unsent: 0 });
  expect(server.log.map((one) => one.record)).toEqual(['med', 'walk']);
  expect(server.salvaged.map(({ id }) => id).sort()).toEqual(['med', 'new', 'walk']);
  await expectAgreement();
});

test('a busy server is waited for as long as it says, in every stage', async () => {
  const busy = (status: number) => () =>
    new Response(JSON.stringify({ code: 'busy' }), {
      status,
      headers: { 'Content-Type': 'application/problem+json', 'Retry-After': '200' },
    });
  const backup = server.backup();
  await work(set('10 mg'));
  server.put(record('new', 'medication', P, {}));
  await phone.app.syncNow();
  for (const status of [429, 503])
    for (const faults of [server.takeBackFaults, server.salvageFaults]) {
      server.restore(backup);
      faults.push(busy(status));
      await phone.app.syncNow();
      const { length } = server.requests;
      phone.pass(199_000);
      phone.app.wake();
      expect(server.requests).toHaveLength(length);
      expect(phone.app.sync.error).toBe('offline');
      phone.pass(2_000);
      phone.app.touch();
      await phone.app.syncNow();
      expect(phone.app.sync).toMatchObject({ error: null, restored: null });
      server.put(record('new', 'medication', P, {}));
      await phone.app.syncNow();
    }
});

test('accepted changes are taken back a thousand at a time, and fewer where the server asks for less', async () => {
  const backup = server.backup();
  await work(...Array.from({ length: 1_050 }, (_, nth) => goal(`g${nth}`)));
  server.restore(backup);
  server.takeBackFaults.push('none', () => problem(413, 'too_large'));
  await phone.app.syncNow();
  const sizes = server.takenBack.map(({ changes }) => changes.length);
  expect(sizes).toEqual([1_000, 13, 13, 13, 11]);
  expect(server.log).toHaveLength(1_050);
  expect(phone.app.sync.restored).toBeNull();
});

test('a request to take back stays under 5 MB; one change that is too large goes alone and holds back no other', async () => {
  const large = 'ä'.repeat(1_000_000);
  const backup = server.backup();
  await work(edit({ set: { note: large } }), edit({ set: { note: `${large}.` } }));
  await saveOffline(edit({ set: { note: 'x'.repeat(6_000_000) } }), set('2 mg'));
  server.restore(backup);
  server.takeBackFaults.push('none', 'none', () => problem(413, 'too_large'));
  await phone.app.syncNow();
  expect(server.takenBack.map(({ changes }) => changes.map(({ n }) => n))).toEqual([[1], [2], [4]]);
  expect(phone.app.refused.map(({ n, refusal }) => [n, refusal.code])).toEqual([[3, 'too_large']]);
});

test('a restored phone that is a copy gives what the server has not answered numbers of its own', async () => {
  const backup = server.backup();
  await work(set('1 mg'));
  await work(set('2 mg', 5), goal('walk'));
  await saveOffline(goal('dance'));
  const old = device();
  server.restore(backup);
  // The copy was there first: it had made its own changes under the numbers 2 and 4.
  const { secret } = store().memory.account;
  const copys = ['2', '4'].map((n) => ({ ...set(`the copy’s ${n}`), n: Number(n), at: 1 }));
  await server.fetch('/api/take-back', {
    headers: { 'Doorstep-Device': secret },
    body: JSON.stringify({ device: old, of: old, epoch: server.epoch, changes: copys }),
  });
  await phone.app.syncNow();
  expect(phone.app.sync).toMatchObject({ error: null, restored: null, unsent: 0 });
  expect(device()).not.toBe(old);
  const log = server.log.map(({ device: of, n, seqs, set }) => [
    of === old,
    n,
    seqs,
    set?.dose ?? set?.description,
  ]);
  expect(log).toEqual([
    [true, 2, [], 'the copy’s 2'],
    [true, 4, [], 'the copy’s 4'],
    [false, 1, [5], '1 mg'],
    [false, 2, [6], '2 mg'],
    [false, 3, [7], 'walk'],
    [false, 4, [], 'dance'],
  ]);
  await work(goal('sing'));
  expect(server.log.at(-1)).toMatchObject({ n: 5, device: device() });
  await expectAgreement();
});

test('changes of a device that this phone was before are taken back in its name', async () => {
  await work(set('1 mg'));
  const old = device();
  // The server has lost the device, and somebody has its id: the phone goes on as another.
  const { secret, ...taken } = { ...server.devices.get(old)!, member: server.me.member };
  server.devices.set(old, { ...taken, secret: `${secret} of another` });
  await work(set('2 mg', 5));
  expect(device()).not.toBe(old);
  const backup = server.backup();
  server.restore({ ...backup, ...new FakeServer().backup(), devices: backup.devices });
  await phone.app.syncNow();
  expect(server.takenBack.map(({ of, changes }) => [of === old, changes.length])).toEqual([
    [true, 1],
    [false, 1],
  ]);
});

test('an id of before that has become another member’s is given up for one that nobody had', async () => {
  const backup = server.backup();
  await work(set('1 mg'));
  const old = device();
  server.devices.get(old)!.secret = 'another';
  await work(set('2 mg', 5));
  server.restore(backup);
  server.devices.set(old, { secret: 'theirs', revoked: false, member: 'somebody else' });
  await phone.app.syncNow();
  expect(phone.app.sync).toMatchObject({ error: null, restored: null });
  expect(server.log.map(({ device: of, seqs, set }) => [of === old, seqs, set?.dose])).toEqual([
    [false, [5], '1 mg'],
    [false, [6], '2 mg'],
  ]);
});

test('a phone that was revoked meanwhile hands in what it has, and is erased', async () => {
  const backup = server.backup();
  await work(...Array.from({ length: 1_001 }, (_, nth) => goal(`g${nth}`)));
  server.restore(backup);
  server.devices.get(device())!.revoked = true;
  await phone.app.syncNow();
  expect(server.takenBack.map(({ changes }) => changes.length)).toEqual([1_000, 1]);
  expect(phone.app.phase).toBe('signed_out');
  expect(phone.app.erasures).toHaveLength(1);
});

test('an answer that does not answer all that was offered is none', async () => {
  const backup = server.backup();
  await work(set('1 mg'), set('2 mg'));
  server.restore(backup);
  server.takeBackFaults.push(() => Response.json({ accepted: [{ n: 1, seq: 9 }], refused: [] }));
  await phone.app.syncNow();
  expect(phone.app.sync).toMatchObject({ error: 'offline', restored: { stage: 'offering' } });
  await phone.app.syncNow();
  expect(server.log.map(({ set }) => set?.dose)).toEqual(['1 mg', '2 mg']);
});

test('a kept change that cannot be read is set aside, and holds back no other', async () => {
  const backup = server.backup();
  await work(set('1 mg'));
  await work(set('2 mg', 5));
  const [row] = await store().db.getAll('journal');
  await store().db.put('journal', { ...row!, sealed: row!.sealed.slice(0, 20) });
  server.restore(backup);
  await phone.app.syncNow();
  expect(server.log.map(({ set }) => set?.dose)).toEqual(['2 mg']);
  expect(phone.app.unreadable).toMatchObject([{ n: 1, unsent: false }]);
  expect(phone.app.sync.restored).toBeNull();
});

test('an epoch that never stays the same is not followed for ever', async () => {
  const backup = server.backup();
  const whole = server.fetch;
  server.fetch = (path, init) => {
    if (path === '/api/sync') server.restore(backup);
    return whole(path, init);
  };
  await phone.app.syncNow();
  expect(phone.app.sync.error).toBe('offline');
  server.fetch = whole;
  await phone.app.syncNow();
  expect(phone.app.sync).toMatchObject({ error: null, restored: null });
});

test('two tabs: one follows, the other shows how far it is and what came', async () => {
  const backup = server.backup();
  await work(set('10 mg'));
  const tab = await phone.openTab();
  await tab.syncNow();
  server.restore(backup);
  server.takeBackFaults.push('lost_request');
  await phone.app.syncNow();
  await until(() => tab.sync.restored?.stage === 'offering');
  await Promise.all([phone.app.syncNow(), tab.syncNow()]);
  await until(() => tab.sync.restored === null && phone.app.sync.restored === null);
  expect(server.log).toHaveLength(1);
  expect(tab.index.patients).toHaveLength(2);
});

test('several members of one phone follow each in their turn', async () => {
  const backup = server.backup();
  const rosa = { me: server.me, passkey: [...phone.authenticator.passkeys.keys()].at(-1)! };
  await work(goal('rosa’s'));
  await phone.app.lock();
  server.me = { ...rosa.me, member: crypto.randomUUID(), name: 'Imani Okafor' };
  await phone.app.join('token');
  await phone.app.syncNow();
  await work(goal('imani’s'));
  server.restore(backup);
  await phone.app.syncNow();
  expect(server.log.map((one) => one.record)).toEqual(['imani’s']);
  await phone.app.lock();
  phone.authenticator.picks = rosa.passkey;
  expect(await phone.app.signIn()).toBe('signed_in');
  await phone.app.syncNow();
  expect(server.log.map((one) => one.record)).toEqual(['imani’s', 'rosa’s']);
  await expectAgreement();
});

test('a phone that stood still under the app of before follows as any other', async () => {
  const backup = server.backup();
  await work(set('10 mg'));
  server.restore(backup);
  await store().db.put('plain', 'epoch-2', 'restored');
  await reload();
  await phone.app.syncNow();
  expect(phone.app.sync.restored).toBeNull();
  expect(server.log).toMatchObject([{ set: { dose: '10 mg' } }]);
});
