/**
 * `npm run dev:fake`: the whole app on a made-up server in memory, with a made-up authenticator that always says yes.
 * Each load begins anew, with Rosa signed in. The address shows other states: `/?locked`, `/?signed-out`, `/?leased`,
 * `/?choosing`, `/?stuck`, `/?erased`, `/?unreadable`, `/?role=supervisor`, `/?restoring`, `/?restored=offering` (or
 * `salvaging`, `pulling`: the office was restored, and this phone follows so far), `/?waiting` (it has followed, and one
 * change waits there), and `/#/join/anything` an invitation (`/?recovery#/join/anything` one to come back). Serves no
 * build.
 */
import { mount } from 'svelte';
import Root from '../../../pwa/src/App.svelte';
import { fieldNamed } from '../../../pwa/src/fields/catalogue';
import { App } from '../../../pwa/src/state/app.svelte';
import { Router } from '../../../pwa/src/state/router.svelte';
import '../../../pwa/src/style/index.css';
import { caseload } from './caseload';
import { FakeAuthenticator } from './authenticator';
import { FakeOffice, isRole } from './office';
import { FakeServer } from './server';

const asked = new URLSearchParams(location.search);
const role = asked.get('role');
const server = new FakeServer(caseload(Date.now()));
const office = new FakeOffice(server, Date.now());
server.more = office.answer;
office.restore.restoring = asked.has('restoring');
server.recovery = asked.has('recovery');
if (isRole(role)) server.me = { ...server.me, role };
const authenticator = new FakeAuthenticator();
/** Time that `/?leased` lets pass. */
let ahead = 0;
for (const { name } of await indexedDB.databases()) if (name) indexedDB.deleteDatabase(name);
for (const key of ['doorstep.joining', 'doorstep.erased']) localStorage.removeItem(key);
const app = new App(new Router(window), {
  fetch: server.fetch,
  storage: localStorage,
  authenticator,
  storageManager: navigator.storage,
  languages: navigator.languages,
  clock: {
    now: () => Date.now() + ahead,
    setTimeout: (act, wait) => setTimeout(act, wait),
    clearTimeout: (timer) => clearTimeout(timer),
    random: () => Math.random(),
  },
  version: 'fake',
  name: 'Fake phone',
  isLog: (kind, field) => fieldNamed(kind, field)?.rule === 'append',
  wakeOnSignal: () => {},
  lookForUpdate: () => {},
  activateUpdate: () => location.reload(),
});
mount(Root, { target: document.getElementById('app')!, props: { app } });
await app.start();
if (!location.hash.startsWith('#/join')) {
  await app.join('fake');
  await app.syncNow();
  await sayWhatNeedsSaying();
}
if (asked.has('locked')) await app.lock();
if (asked.has('signed-out')) await app.signOut(true);
if (asked.has('leased')) await runOut();
if (asked.has('choosing')) await comeWithoutPasskey();
if (asked.has('stuck')) await comeWithAnother();
if (asked.has('erased')) await revoke();
if (asked.has('unreadable')) await damage();
if (asked.has('restored')) await restore(asked.get('restored'));
if (asked.has('waiting')) await leaveWaiting();
Object.assign(window, { app, server, authenticator });

/** One change that is not accepted and one write that was set aside. */
async function sayWhatNeedsSaying(): Promise<void> {
  const [medication] = [...server.records.values()].filter(({ kind }) => kind === 'medication');
  if (!medication) return;
  const { id: record, kind, patient, version: seen } = medication;
  const params = { max: 200 };
  const refusal = {
    code: 'invalid',
    field: 'instructions',
    params,
    message: 'Longer than 200 characters.',
  };
  server.refuse = ({ set }) => (set && 'instructions' in set ? refusal : null);
  await app.save([{ record, kind, patient, seen, set: { instructions: 'Take '.repeat(60) } }]);
  server.tell({ device: 'a', n: 2, record, field: 'dose', value: '5 mg' });
  await app.syncNow();
}

async function unsent(): Promise<void> {
  server.faults.push('lost_request', 'lost_request');
  const [task] = [...server.records.values()].filter(({ kind }) => kind === 'task');
  const { id: record, kind, patient, version: seen } = task!;
  await app.save([{ record, kind, patient, seen, set: { status: 'completed' } }]);
}

/** Eight days go by without a word from the server. */
async function runOut(): Promise<void> {
  await unsent();
  await app.lock();
  ahead = 8 * 86_400_000;
  await app.unlock();
}

/** Somebody whose passkey gives nothing to seal with. */
async function comeWithoutPasskey(): Promise<void> {
  authenticator.seals = 'never';
  server.me = { ...server.me, member: crypto.randomUUID() };
  await app.join('another');
}

/** Rosa again, with a passkey that does not open the store she has here. */
async function comeWithAnother(): Promise<void> {
  await unsent();
  await app.lock();
  server.recovery = true;
  server.escrow.open = () => Promise.reject(new TypeError('network'));
  await app.join('another');
}

async function revoke(): Promise<void> {
  await unsent();
  for (const device of server.devices.values()) device.revoked = true;
  await app.lock();
  app.wake();
}

/** The office goes back to this morning, and the phone gets no further than this stage of following it. */
async function restore(stage: string | null): Promise<void> {
  const backup = server.backup();
  const [task] = [...server.records.values()].filter(({ kind }) => kind === 'task');
  const { id: record, kind, patient } = task!;
  for (const status of ['in-progress', 'completed']) {
    const seen = server.records.get(record)!.version;
    await app.save([{ record, kind, patient, seen, set: { status } }]);
    await app.syncNow();
  }
  server.restore(backup);
  const lost = Array.from({ length: 200 }, () => 'lost_request' as const);
  if (stage === 'salvaging') server.salvageFaults.push(...lost);
  else if (stage === 'pulling') server.faults.push('none', ...lost);
  else server.takeBackFaults.push(...lost);
  await app.syncNow();
}

/** A task that somebody else made is gone from the office; what was done about it here waits. */
async function leaveWaiting(): Promise<void> {
  const backup = server.backup();
  const [task] = [...server.records.values()].filter(({ kind }) => kind === 'task');
  const record = crypto.randomUUID();
  const { kind, patient } = task!;
  server.put({ ...task!, id: record });
  await app.syncNow();
  await app.save([{ record, kind, patient, seen: server.head, set: { status: 'completed' } }]);
  await app.syncNow();
  server.restore(backup);
  await app.syncNow();
}

/** The first chart and one change of the journal cannot be read. */
async function damage(): Promise<void> {
  await unsent();
  const { db } = app.session.store!;
  const [place] = (await db.getAllKeys('sealed')).filter((key) => key.startsWith('chart/'));
  await db.put('sealed', new ArrayBuffer(40), place!);
  const [row] = await db.getAllFromIndex('journal', 'state', 'pending');
  await db.put('journal', { ...row!, sealed: row!.sealed.slice(0, 20) });
  await app.lock();
  // Nothing comes until somebody asks for it.
  server.faults.push(...Array.from({ length: 3 }, () => 'lost_request' as const));
  await app.unlock();
  location.hash = `#/patients/${place!.slice(6)}`;
}
