/**
 * `npm run dev:fake`: the whole app on a made-up server in memory. Each load begins anew, with Rosa signed in; `/?locked`,
 * `/?signed-out` and `/#/join/anything` show the ways in. Serves no build.
 */
import { mount } from 'svelte';
import Root from '../../../pwa/src/App.svelte';
import { fieldNamed } from '../../../pwa/src/fields/catalogue';
import { App } from '../../../pwa/src/state/app.svelte';
import { Router } from '../../../pwa/src/state/router.svelte';
import '../../../pwa/src/style/index.css';
import { caseload, ME } from './caseload';
import { FakeAuthenticator } from './authenticator';
import { FakeServer } from './server';

const server = new FakeServer(caseload(Date.now()));
const authenticator = new FakeAuthenticator();
indexedDB.deleteDatabase(`doorstep-${ME.member}`);
localStorage.removeItem('doorstep.joining');
const app = new App(new Router(window), {
  fetch: server.fetch,
  storage: localStorage,
  authenticator,
  storageManager: navigator.storage,
  languages: navigator.languages,
  clock: {
    now: () => Date.now(),
    setTimeout: (act, wait) => setTimeout(act, wait),
    clearTimeout: (timer) => clearTimeout(timer),
    random: () => Math.random(),
  },
  version: 'fake',
  name: 'Fake phone',
  isLog: (kind, field) => fieldNamed(kind, field)?.rule === 'append',
  wakeOnSignal: () => {},
  activateUpdate: () => location.reload(),
});
mount(Root, { target: document.getElementById('app')!, props: { app } });
await app.start();
if (!location.hash.startsWith('#/join')) {
  await app.join('fake');
  await app.syncNow();
  await sayWhatNeedsSaying();
}
if (location.search === '?locked') await app.lock();
if (location.search === '?signed-out') await app.signOut(true);
Object.assign(window, { app, server });

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
