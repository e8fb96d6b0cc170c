import { openDB } from 'idb';
import { beforeEach, expect, test, vi } from 'vitest';
import { readClock } from '../../../pwa/src/store/lease';
import { Store } from '../../../pwa/src/store/store';
import { refuseWrites } from '../disk';
import { FakeServer, problem } from '../fake/server';
import { openPhone, Phone, record, until } from '../phone';

const P = 'patient-1';
const DAY = 86_400_000;
const WORDS = 'ladder orbit canyon velvet pencil';
const one = () => [{ ...record(P, 'patient', P, { name: { family: 'Diallo' } }), version: 0 }];
const goal = () => [{ record: 'x', kind: 'goal', patient: P, seen: 0, set: { a: 1 } }];

const network = () => Promise.reject(new TypeError('network'));

/** Nobody can be reached until the function that is returned is called. */
function cutOff(server: FakeServer): () => void {
  const whole = server.fetch;
  server.fetch = network;
  return () => (server.fetch = whole);
}

async function restart(phone: Phone): Promise<void> {
  phone.reload();
  await phone.app.start();
}

/** Another member signs in on this phone. */
async function other(phone: Phone, name: string): Promise<void> {
  phone.server.me = { ...phone.server.me, member: crypto.randomUUID(), name };
  expect(await phone.app.join('token')).toBe('joined');
}

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
});

test('a database that the browser does not open is said to be, and opens once it does', async () => {
  const phone = await openPhone(new FakeServer());
  await phone.app.save([{ record: 'r', kind: 'goal', patient: null, seen: 0, set: { note: 'x' } }]);
  phone.reload();
  const failure = new DOMException('Internal error opening backing store.', 'UnknownError');
  for (const way of ['open', 'databases'] as const) {
    const shut = vi.spyOn(indexedDB, way).mockImplementation(() => {
      throw failure;
    });
    await phone.app.start();
    expect(phone.app.phase, way).toBe('unopenable');
    shut.mockRestore();
  }
  await phone.app.start();
  expect(phone.app.phase).toBe('locked');
  expect(await phone.app.unlock()).toBe('open');
});

test('whoever signs in where their database does not open gets no other in its place', async () => {
  const phone = await openPhone(new FakeServer());
  const { member } = phone.app.me!;
  phone.reload();
  const shut = vi.spyOn(indexedDB, 'open').mockImplementation(() => {
    throw new DOMException('Internal error.', 'UnknownError');
  });
  await phone.app.start();
  const devices = phone.server.devices.size;
  expect(await phone.app.signIn()).toBe('signed_in');
  expect([phone.app.phase, phone.server.devices.size]).toEqual(['unopenable', devices]);
  shut.mockRestore();
  await phone.app.start();
  expect(await phone.app.unlock()).toBe('open');
  expect(phone.app.me!.member).toBe(member);
});

test('a phone that nobody uses is signed out, and nothing opens it', async () => {
  const phone = new Phone(new FakeServer());
  expect(phone.app.phase).toBe('loading');
  await phone.app.start();
  expect(phone.app.phase).toBe('signed_out');
  expect(phone.app.ways).toEqual({ passkey: false, passphrase: false });
  expect(await phone.app.unlock()).toBe('unsupported');
  expect(await phone.app.unlock(WORDS)).toBe('wrong');
});

test('an invitation says whose it is before it is used', async () => {
  const phone = new Phone(new FakeServer());
  await phone.app.start();
  expect(await phone.app.invited('token')).toEqual({
    name: 'Rosa Delgado',
    organisation_name: 'Riverside Home Care',
    demo: true,
    recovery: false,
  });
  expect(await phone.app.invited('used')).toBe('used');
});

test('a link makes a passkey, enrols the phone and brings the caseload', async () => {
  const phone = await openPhone(new FakeServer(one()));
  expect(phone.app.phase).toBe('open');
  expect(phone.app.me?.name).toBe('Rosa Delgado');
  expect(phone.server.devices.size).toBe(1);
  expect(phone.app.index.patients).toHaveLength(1);
  expect(phone.authenticator.asked).toEqual(['make', 'show']);
});

test('a used link, no signal, an outdated app, too many tries and a person’s no are told apart', async () => {
  const phone = new Phone(new FakeServer());
  await phone.app.start();
  expect(await phone.app.join('used')).toBe('used');
  phone.authenticator.declines.push('cancelled', 'unsupported', 'passkey_exists');
  expect(await phone.app.join('token')).toBe('cancelled');
  expect(await phone.app.join('token')).toBe('unsupported');
  expect(await phone.app.join('token')).toBe('passkey_exists');
  const answers = [network, async () => problem(426, 'protocol'), async () => problem(429, 'busy')];
  phone.server.fetch = () => answers.shift()!();
  const cut = new Phone(phone.server);
  await cut.app.start();
  expect(await cut.app.join('token')).toBe('offline');
  expect(await cut.app.join('token')).toBe('outdated');
  expect(await cut.app.join('token')).toBe('too_many');
  expect(cut.app.phase).toBe('signed_out');
});

test('a link that was used, while the enrolment was lost, goes on where it was when tried again', async () => {
  const server = new FakeServer(one());
  const whole = server.fetch;
  server.fetch = async (path, init) => {
    if (path === '/api/devices') throw new TypeError('network');
    return whole(path, init);
  };
  const phone = new Phone(server);
  await phone.app.start();
  expect(await phone.app.join('token')).toBe('offline');
  server.fetch = whole;
  expect(await phone.app.join('token')).toBe('joined');
  expect([phone.app.phase, server.passkeys.size]).toEqual(['open', 1]);
});

test('cut off before the phone was enrolled, the passkey just made signs in', async () => {
  const server = new FakeServer(one());
  const whole = server.fetch;
  server.fetch = async (path, init) => {
    if (path === '/api/devices') throw new TypeError('network');
    return whole(path, init);
  };
  const phone = new Phone(server);
  await phone.app.start();
  expect(await phone.app.join('token')).toBe('offline');
  server.fetch = whole;
  await restart(phone);
  expect(phone.app.phase).toBe('signed_out');
  expect(await phone.app.signIn()).toBe('signed_in');
  expect(phone.app.phase).toBe('open');
});

test('after a reload the app is locked, offline too, and opens without a network', async () => {
  const phone = await openPhone(new FakeServer(one()));
  cutOff(phone.server);
  await restart(phone);
  expect(phone.app.phase).toBe('locked');
  expect(phone.app.me).toBeNull();
  expect(phone.app.index.patients).toEqual([]);
  expect(phone.app.ways).toEqual({ passkey: true, passphrase: false });
  phone.authenticator.declines.push('cancelled');
  expect(await phone.app.unlock()).toBe('cancelled');
  expect(await phone.app.unlock()).toBe('open');
  expect(phone.app.me?.name).toBe('Rosa Delgado');
  expect(phone.app.index.patients).toHaveLength(1);
});

test('a session that expired locks nobody out, and signing in again leaves what is open open', async () => {
  const phone = await openPhone(new FakeServer(one()));
  phone.server.signedIn = false;
  await restart(phone);
  expect(await phone.app.unlock()).toBe('open');
  await phone.app.save(goal());
  await phone.app.syncNow();
  expect([phone.app.phase, phone.app.sync.error]).toEqual(['open', 'signed_out']);
  const chart = phone.app.chart(P);
  await until(() => chart.state === 'open');
  expect(await phone.app.signIn()).toBe('signed_in');
  await phone.app.syncNow();
  expect([phone.app.sync.error, phone.app.sync.unsent]).toEqual([null, 0]);
  expect([chart.state, phone.server.devices.size]).toEqual(['open', 1]);
});

test('a passkey that the server does not know, or no longer, fails', async () => {
  const phone = await openPhone(new FakeServer(one()));
  phone.server.passkeys.clear();
  phone.app.useAnother();
  expect(await phone.app.signIn()).toBe('failed');
  expect(phone.app.phase).toBe('signed_out');
  await phone.app.unlockInstead();
  expect(phone.app.phase).toBe('locked');
});

test('a passkey that gives nothing to seal with leads to a passphrase, which then opens', async () => {
  const phone = new Phone(new FakeServer(one()));
  phone.authenticator.seals = 'never';
  await phone.app.start();
  expect(await phone.app.join('token')).toBe('joined');
  expect([phone.app.phase, phone.app.canBindPasskey]).toEqual(['choosing_passphrase', false]);
  expect(phone.server.devices.size).toBe(0);
  expect(await phone.app.choosePassphrase('1234')).toBe('short');
  expect(await phone.app.choosePassphrase('rosa delgado rosa delgado')).toBe('common');
  expect(await phone.app.choosePassphrase(WORDS)).toBeNull();
  expect(phone.app.phase).toBe('open');
  await restart(phone);
  expect(phone.app.ways).toEqual({ passkey: false, passphrase: true });
  expect(await phone.app.unlock('ladder orbit canyon velvet pencils')).toBe('wrong');
  expect(await phone.app.unlock(`${WORDS.toUpperCase()} `)).toBe('open');
});

test('a second prompt that was turned away can be answered from a tap of its own', async () => {
  const phone = new Phone(new FakeServer(one()));
  await phone.app.start();
  phone.authenticator.declines.push(null, 'cancelled', 'cancelled');
  expect(await phone.app.join('token')).toBe('joined');
  expect([phone.app.phase, phone.app.canBindPasskey]).toEqual(['choosing_passphrase', true]);
  expect(await phone.app.bindPasskey()).toBe('cancelled');
  expect(await phone.app.bindPasskey()).toBe('open');
  expect(phone.app.phase).toBe('open');
  await restart(phone);
  expect(await phone.app.unlock()).toBe('open');
});

test('in a demo it is done without a passkey; elsewhere not', async () => {
  const phone = new Phone(new FakeServer(one()));
  await phone.app.start();
  expect(await phone.app.join('token', 'demo')).toBe('joined');
  expect([phone.app.phase, phone.app.canBindPasskey]).toEqual(['choosing_passphrase', false]);
  expect(await phone.app.choosePassphrase(phone.app.suggestPassphrase())).toBeNull();
  expect(phone.authenticator.asked).toEqual([]);
  phone.server.me = { ...phone.server.me, demo: false };
  expect(await phone.app.join('another', 'demo')).toBe('refused');
});

test('a phone killed while a passphrase is being chosen asks for it again', async () => {
  const phone = new Phone(new FakeServer(one()));
  await phone.app.start();
  await phone.app.join('token', 'demo');
  await restart(phone);
  expect(phone.app.phase).toBe('choosing_passphrase');
  expect(await phone.app.choosePassphrase(WORDS)).toBeNull();
  expect(phone.app.phase).toBe('open');
});

test('an open store takes a passphrase besides', async () => {
  const phone = await openPhone(new FakeServer(one()));
  expect(await phone.app.choosePassphrase(WORDS)).toBeNull();
  await phone.app.lock();
  expect(phone.app.ways).toEqual({ passkey: true, passphrase: true });
  expect(await phone.app.unlock(WORDS)).toBe('open');
});

test('a lock screen knows how much is unsent on this phone, and nothing else', async () => {
  const phone = await openPhone(new FakeServer(one()));
  phone.server.signedIn = false;
  await phone.app.save(goal());
  await restart(phone);
  expect(phone.app.sync.unsent).toBe(1);
  expect([phone.app.refused, phone.app.me, phone.app.index.patients]).toEqual([[], null, []]);
  expect(phone.app.security).toBeDefined();
  await expect(phone.app.security.passkeys()).rejects.toThrow();
});

test('locking lets forms save first, and what is being saved; it locks every tab, whose forms save too', async () => {
  const phone = await openPhone(new FakeServer(one()));
  phone.server.signedIn = false;
  const tab = await phone.openTab();
  phone.app.onLeave(() => phone.app.save(goal()));
  phone.app.onLeave(() => Promise.reject(new Error('A form with a fault.')));
  tab.onLeave(() => tab.save([{ ...goal()[0]!, record: 'y' }]));
  const saving = phone.app.save([{ ...goal()[0]!, record: 'z' }]);
  await phone.app.lock();
  await saving;
  expect(phone.app.phase).toBe('locked');
  await until(() => tab.phase === 'locked');
  expect(tab.index.patients).toEqual([]);
  await until(() => tab.sync.unsent === 3);
});

test('an untouched phone locks itself after its minutes, one that is used does not, and tabs count together', async () => {
  const phone = await openPhone(new FakeServer(one()));
  const tab = await phone.openTab();
  for (let minute = 0; minute < 8; minute += 1) {
    phone.pass(60_000);
    tab.touch();
    await until(() => phone.timers.filter(({ at }) => at === phone.now + 300_000).length >= 2);
  }
  expect([phone.app.phase, tab.phase]).toEqual(['open', 'open']);
  phone.app.onLeave(() => phone.app.save(goal()));
  phone.server.signedIn = false;
  phone.pass(5 * 60_000);
  await until(() => phone.app.phase === 'locked' && tab.phase === 'locked');
  expect(phone.app.sync.unsent).toBe(1);
});

test('the organisation’s minutes hold as soon as they are heard', async () => {
  const phone = await openPhone(new FakeServer(one()));
  phone.server.put(record('o', 'organisation_settings', null, { lock_minutes: 2 }));
  await phone.app.syncNow();
  await until(() => phone.timers.some(({ at }) => at === phone.now + 120_000));
  phone.pass(120_000);
  await until(() => phone.app.phase === 'locked');
});

test('a page that was away too long is locked before anybody sees it', async () => {
  const phone = await openPhone(new FakeServer(one()));
  phone.now += 6 * 60_000;
  phone.app.wake();
  await until(() => phone.app.phase === 'locked');
});

test('too long without the server, it opens only once it has talked to it, and keeps what is unsent', async () => {
  const phone = await openPhone(new FakeServer(one()));
  phone.server.faults.push('lost_request');
  await phone.app.save(goal());
  await until(() => phone.app.sync.phase === 'waiting');
  const mend = cutOff(phone.server);
  await restart(phone);
  phone.now += 7 * DAY + 1;
  expect(await phone.app.unlock()).toBe('leased');
  expect([phone.app.phase, phone.app.me, phone.app.index.patients]).toEqual(['leased', null, []]);
  expect(phone.app.sync.unsent).toBe(1);
  expect(phone.app.sync.lastContact).toBeGreaterThan(0);
  expect(await phone.app.tryContact()).toBe('offline');
  mend();
  phone.server.signedIn = false;
  expect(await phone.app.tryContact()).toBe('signed_out');
  expect(phone.app.phase).toBe('leased');
  expect(await phone.app.signIn()).toBe('signed_in');
  expect(phone.app.phase).toBe('open');
  await phone.app.syncNow();
  expect(phone.server.log).toHaveLength(1);
});

test('a leased phone opens at a contact, and setting its clock back does not', async () => {
  const phone = await openPhone(new FakeServer(one()));
  const mend = cutOff(phone.server);
  phone.now += 5 * DAY;
  phone.app.wake();
  await until(() => phone.app.phase === 'locked');
  expect(await phone.app.unlock()).toBe('open');
  await restart(phone);
  phone.now -= 4 * DAY;
  expect(await phone.app.unlock()).toBe('open');
  await restart(phone);
  phone.now += 7 * DAY;
  expect(await phone.app.unlock()).toBe('leased');
  await phone.app.lock();
  expect(phone.app.phase).toBe('locked');
  phone.now -= 7 * DAY;
  expect(await phone.app.unlock()).toBe('leased');
  mend();
  expect(await phone.app.tryContact()).toBe('open');
  expect(phone.app.phase).toBe('open');
});

test('a lease that runs out while the phone is open closes it', async () => {
  const phone = await openPhone(new FakeServer(one()));
  const rules = { lease_days: 1, lock_minutes: 3_000 };
  phone.server.put(record('o', 'organisation_settings', null, rules));
  await phone.app.syncNow();
  await until(() => phone.timers.some(({ at }) => at === phone.now + 3_000 * 60_000));
  cutOff(phone.server);
  phone.pass(DAY);
  const { store } = phone.app.session;
  await until(async () => (await readClock(store!))?.latest === phone.now);
  expect(phone.app.phase).toBe('open');
  phone.pass(10 * 60_000);
  await until(() => phone.app.phase === 'locked');
  expect(await phone.app.unlock()).toBe('leased');
});

test('several people on one phone: each opens their own, by whatever they show', async () => {
  const server = new FakeServer(one());
  const phone = await openPhone(server);
  const rosa = phone.app.me!.member;
  await phone.app.choosePassphrase(WORDS);
  server.faults.push('lost_request');
  await phone.app.save(goal());
  await until(() => phone.app.sync.phase === 'waiting');
  await phone.app.lock();
  phone.app.useAnother();
  expect(phone.app.phase).toBe('signed_out');
  server.records.clear();
  await other(phone, 'Imani Okafor');
  await phone.app.syncNow();
  expect(phone.app.me?.name).toBe('Imani Okafor');
  expect([phone.app.index.patients.length, phone.app.sync.unsent]).toEqual([0, 0]);
  await phone.app.lock();
  expect(phone.app.sync.unsent).toBe(1);
  cutOff(server);
  const [first, second] = [...phone.authenticator.passkeys.keys()];
  phone.authenticator.picks = first!;
  expect(await phone.app.unlock()).toBe('open');
  expect(phone.app.me?.member).toBe(rosa);
  expect(phone.app.index.patients).toHaveLength(1);
  await phone.app.lock();
  phone.authenticator.picks = second!;
  expect(await phone.app.unlock()).toBe('open');
  expect(phone.app.me?.name).toBe('Imani Okafor');
  await phone.app.lock();
  expect(await phone.app.unlock(WORDS)).toBe('open');
  expect(phone.app.me?.member).toBe(rosa);
});

test('who signs in while another’s store is open closes that one first, and its forms save', async () => {
  const server = new FakeServer(one());
  const phone = await openPhone(server);
  const first = phone.app.session.store!;
  server.faults.push('lost_request');
  phone.app.onLeave(() => phone.app.save(goal()));
  await other(phone, 'Imani Okafor');
  expect(first.isOpen).toBe(false);
  expect((await first.outside()).unsent).toBe(1);
  expect(phone.app.index.patients.length + phone.app.sync.unsent).toBeLessThan(2);
});

test('signing out asks first when work is unsent, needs a signal, and keeps the store for a sign-in', async () => {
  const server = new FakeServer(one());
  const phone = await openPhone(server);
  server.faults.push('lost_request');
  await phone.app.save(goal());
  await until(() => phone.app.sync.phase === 'waiting');
  expect(await phone.app.signOut()).toBe('unsent');
  const mend = cutOff(server);
  await restart(phone);
  await phone.app.unlock();
  expect(await phone.app.signOut(true)).toBe('offline');
  expect(phone.app.phase).toBe('open');
  mend();
  expect(await phone.app.signOut(true)).toBe('done');
  expect([phone.app.phase, phone.app.ways.passkey]).toEqual(['signed_out', false]);
  await restart(phone);
  expect(phone.app.phase).toBe('signed_out');
  expect(await phone.app.unlock()).toBe('unsupported');
  expect(await phone.app.signIn()).toBe('signed_in');
  await phone.app.syncNow();
  expect(server.log).toHaveLength(1);
  await restart(phone);
  expect(phone.app.phase).toBe('locked');
});

test('after a recovery the escrow opens the old store: unsent work is sent, and only the new passkey opens it', async () => {
  const server = new FakeServer(one());
  const phone = await openPhone(server);
  const device = phone.app.device!;
  await until(() => server.escrow.copies.size === 1);
  server.faults.push('lost_request');
  await phone.app.save(goal());
  await until(() => phone.app.sync.phase === 'waiting');
  await restart(phone);
  phone.authenticator.passkeys.clear();
  const copy = server.escrow.copies.get(device);
  server.recovery = true;
  expect(await phone.app.join('token')).toBe('joined');
  expect([phone.app.phase, phone.app.device]).toEqual(['open', device]);
  await phone.app.syncNow();
  expect(server.log).toHaveLength(1);
  await until(() => server.escrow.copies.get(device) !== copy);
  const wraps = await phone.app.session.store!.wraps();
  expect(wraps.map(({ id }) => id)).toEqual([...phone.authenticator.passkeys.keys()]);
  await restart(phone);
  expect(await phone.app.unlock()).toBe('open');
});

test('a recovery whose key did not come at once can be gone on with; without a copy one can only begin anew', async () => {
  const server = new FakeServer(one());
  const phone = await openPhone(server);
  await until(() => server.escrow.copies.size === 1);
  server.faults.push('lost_request');
  await phone.app.save(goal());
  await until(() => phone.app.sync.phase === 'waiting');
  await restart(phone);
  phone.authenticator.passkeys.clear();
  server.recovery = true;
  const whole = server.fetch;
  server.fetch = async (path, init) => {
    if (String(path).endsWith('/release')) throw new TypeError('network');
    return whole(path, init);
  };
  expect(await phone.app.join('token')).toBe('joined');
  expect([phone.app.phase, phone.app.stuck]).toEqual(['locked', { unsent: 1, recoverable: true }]);
  expect(await phone.app.recover()).toBe('offline');
  server.fetch = whole;
  const copies = [...server.escrow.copies];
  server.escrow.copies.clear();
  expect(await phone.app.recover()).toBe('refused');
  expect(phone.app.stuck).toEqual({ unsent: 1, recoverable: false });
  for (const [device, copy] of copies) server.escrow.copies.set(device, copy);
  expect(await phone.app.startOver()).toBeNull();
  expect([phone.app.phase, phone.app.sync.unsent, phone.app.stuck]).toEqual(['open', 0, null]);
  await phone.app.syncNow();
  expect(phone.app.index.patients).toHaveLength(1);
});

test('another passkey of the same member signs in; once their store opens it opens it too', async () => {
  const server = new FakeServer(one());
  const phone = await openPhone(server);
  await phone.app.choosePassphrase(WORDS);
  await phone.app.lock();
  const synced = crypto.randomUUID();
  phone.authenticator.passkeys.set(synced, new Uint8Array(32).fill(3));
  server.passkeys.set(synced, { me: server.me, name: 'x', created_at: 0, last_used_at: null });
  phone.authenticator.picks = synced;
  expect(await phone.app.signIn()).toBe('signed_in');
  expect([phone.app.phase, phone.app.stuck]).toEqual(['locked', { unsent: 0, recoverable: false }]);
  expect(await phone.app.unlock(WORDS)).toBe('open');
  expect([phone.app.stuck, server.devices.size]).toEqual([null, 1]);
  await restart(phone);
  expect(await phone.app.unlock()).toBe('open');
});

test('a store of the version before asks for a way to be chosen, and keeps all it had', async () => {
  const server = new FakeServer(one());
  const phone = await openPhone(server);
  server.faults.push('lost_request');
  await phone.app.save(goal());
  await until(() => phone.app.sync.phase === 'waiting');
  const { store } = phone.app.session;
  // As the version before had it: the key itself, beside what it sealed.
  const key = await store!.seal.lend(async (one) => {
    const raw = await crypto.subtle.exportKey('raw', one);
    return crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']);
  });
  await store!.db.clear('keys');
  await store!.db.put('keys', key, 'store');
  await restart(phone);
  expect(phone.app.phase).toBe('signed_out');
  phone.kept.set('doorstep.member', server.me.member);
  const before = (await openDB(`doorstep-${server.me.member}`)) as unknown as {
    delete: (store: string, key: string) => Promise<void>;
    close: () => void;
  };
  await before.delete('plain', 'left');
  before.close();
  cutOff(server);
  await restart(phone);
  expect(phone.app.phase).toBe('choosing_passphrase');
  expect(await phone.app.choosePassphrase(WORDS)).toBeNull();
  expect([phone.app.phase, phone.app.sync.unsent]).toEqual(['open', 1]);
  expect(phone.kept.has('doorstep.member')).toBe(false);
  await restart(phone);
  expect(phone.app.phase).toBe('locked');
  expect(await phone.app.unlock(WORDS)).toBe('open');
});

test('a store that a newer app has written is left alone: the app is outdated', async () => {
  const phone = await openPhone(new FakeServer(one()));
  const { member } = phone.app.session.store!;
  phone.app.session.store!.close();
  (await openDB(`doorstep-${member}`, 99)).close();
  await restart(phone);
  expect(phone.app.sync.error).toBe('outdated');
  expect(await indexedDB.databases()).toHaveLength(1);
});

test('who they are is asked again at each opening, and kept', async () => {
  const server = new FakeServer(one());
  const phone = await openPhone(server);
  server.me = { ...server.me, role: 'supervisor' };
  await restart(phone);
  await phone.app.unlock();
  await until(() => phone.app.me?.role === 'supervisor');
  cutOff(server);
  await restart(phone);
  await phone.app.unlock();
  expect(phone.app.me?.role).toBe('supervisor');
});

test('who could not open their own store, and what they showed, get no way into another’s', async () => {
  const server = new FakeServer(one());
  const phone = await openPhone(server);
  const rosa = phone.app.me!.member;
  await phone.app.choosePassphrase(WORDS);
  await phone.app.lock();
  await other(phone, 'Imani Okafor');
  await phone.app.lock();
  const synced = crypto.randomUUID();
  phone.authenticator.passkeys.set(synced, new Uint8Array(32).fill(3));
  server.passkeys.set(synced, { me: server.me, name: 'x', created_at: 0, last_used_at: null });
  phone.authenticator.picks = synced;
  expect(await phone.app.signIn()).toBe('signed_in');
  expect(phone.app.stuck).not.toBeNull();
  expect(await phone.app.unlock(WORDS)).toBe('open');
  expect(phone.app.me?.member).toBe(rosa);
  const wraps = await phone.app.session.store!.wraps();
  expect(wraps.map(({ id }) => id)).not.toContain(synced);
});

test('a key of the escrow that does not open the store takes none of its ways away', async () => {
  const server = new FakeServer(one());
  const phone = await openPhone(server);
  await until(() => server.escrow.copies.size === 1);
  await restart(phone);
  const [passkey, secret] = [...phone.authenticator.passkeys][0]!;
  phone.authenticator.passkeys.clear();
  server.recovery = true;
  server.escrow.open = async () => 'A'.repeat(43);
  expect(await phone.app.join('token')).toBe('joined');
  expect([phone.app.phase, phone.app.stuck?.recoverable]).toEqual(['locked', false]);
  phone.authenticator.passkeys.clear();
  phone.authenticator.passkeys.set(passkey, secret);
  expect(await phone.app.unlock()).toBe('open');
});

test('a store that another tab has made meanwhile is not made again over it', async () => {
  const server = new FakeServer(one());
  const phone = new Phone(server);
  await phone.app.start();
  await phone.app.join('token', 'demo');
  const first = phone.app;
  const tab = new Phone(server);
  await tab.app.start();
  await tab.app.join('token', 'demo');
  expect([first.phase, tab.app.phase]).toEqual(['choosing_passphrase', 'choosing_passphrase']);
  expect(await first.choosePassphrase(WORDS)).toBeNull();
  server.faults.push('lost_request');
  await first.save(goal());
  expect(await tab.app.choosePassphrase('quiet marble window sailor')).toBeNull();
  expect(tab.app.phase).toBe('locked');
  await first.lock();
  expect(await first.unlock(WORDS)).toBe('open');
  expect(first.sync.unsent).toBe(1);
});

test('who signs in to a store that a newer app has written is told so, and no phone is enrolled for it', async () => {
  const phone = await openPhone(new FakeServer(one()));
  const { member } = phone.app.session.store!;
  phone.app.session.store!.close();
  (await openDB(`doorstep-${member}`, 99)).close();
  await restart(phone);
  expect(await phone.app.signIn()).toBe('outdated');
  expect([phone.app.phase, phone.server.devices.size]).toEqual(['signed_out', 1]);
});

test('on a full phone a store opens, one with a damaged entry too, and signing out locks it', async () => {
  const server = new FakeServer(one());
  const phone = await openPhone(server);
  server.faults.push('lost_request');
  await phone.app.save(goal());
  await until(() => phone.app.sync.phase === 'waiting');
  const { db } = phone.app.session.store!;
  const [row] = await db.getAll('journal');
  await db.put('journal', { ...row!, sealed: row!.sealed.slice(0, 20) });
  await restart(phone);
  const disk = refuseWrites(1, new DOMException('full', 'QuotaExceededError'));
  try {
    expect(await phone.app.unlock()).toBe('open');
    expect(phone.app.unreadable).toHaveLength(1);
    const { store } = phone.app.session;
    expect(await phone.app.signOut(true)).toBe('done');
    expect([phone.app.phase, store!.seal.isLocked]).toEqual(['signed_out', true]);
  } finally {
    disk.end();
  }
});

test('locked by another tab while it opens, it is locked and not called damaged', async () => {
  const phone = await openPhone(new FakeServer(one()));
  await restart(phone);
  await phone.app.unlock();
  const tab = await phone.openTab();
  await phone.app.lock();
  await until(() => tab.phase === 'locked');
  const opening = tab.unlock();
  const { load } = Store.prototype;
  vi.spyOn(Store.prototype, 'load').mockImplementationOnce(async function (this: Store) {
    this.seal.lock();
    return load.call(this);
  });
  expect(await opening).toBe('cancelled');
  expect(tab.phase).toBe('locked');
});

test('somebody who leaves a recovered store at the choice of a passphrase finds it locked', async () => {
  const server = new FakeServer(one());
  const phone = await openPhone(server);
  await until(() => server.escrow.copies.size === 1);
  await restart(phone);
  phone.authenticator.passkeys.clear();
  phone.authenticator.seals = 'never';
  server.recovery = true;
  expect(await phone.app.join('token')).toBe('joined');
  expect(phone.app.phase).toBe('choosing_passphrase');
  phone.pass(5 * 60_000);
  await until(() => phone.app.phase === 'locked' && phone.app.stuck !== null);
  expect(await phone.app.choosePassphrase(WORDS)).toBe('refused');
  expect(await phone.app.recover()).toBeNull();
  expect(await phone.app.choosePassphrase(WORDS)).toBeNull();
  expect(phone.app.phase).toBe('open');
});

test('a passphrase that opens another’s store here is taken by nobody else', async () => {
  const server = new FakeServer(one());
  const phone = await openPhone(server);
  await phone.app.choosePassphrase(WORDS);
  await phone.app.lock();
  await other(phone, 'Imani Okafor');
  expect(await phone.app.choosePassphrase(WORDS)).toBe('common');
});
