/** Wires everything, and nothing else does. */
import { mount } from 'svelte';
import Root from './App.svelte';
import { fieldNamed } from './fields/catalogue';
import { App } from './state/app.svelte';
import { BrowserAuthenticator } from './state/authenticator';
import { deviceName } from './state/device';
import { Router } from './state/router.svelte';
import { activateUpdate, lookForUpdate, registerWorker, wakeOnSignal } from './worker';
import './style/index.css';

const app = new App(new Router(window), {
  fetch: (input, init) => fetch(input, init),
  storage: localStorage,
  authenticator: new BrowserAuthenticator(),
  storageManager: navigator.storage,
  languages: navigator.languages,
  clock: {
    now: () => Date.now(),
    setTimeout: (act, wait) => setTimeout(act, wait),
    clearTimeout: (timer) => clearTimeout(timer),
    random: () => Math.random(),
  },
  version: __VERSION__,
  name: deviceName(navigator.userAgent),
  isLog: (kind, field) => fieldNamed(kind, field)?.rule === 'append',
  wakeOnSignal: () => void wakeOnSignal(),
  lookForUpdate: () => void lookForUpdate(),
  activateUpdate: () => void activateUpdate(),
});

window.addEventListener('online', () => app.wake());
window.addEventListener('pagehide', () => void app.leave());
document.addEventListener('visibilitychange', () => {
  if (document.hidden) void app.hide();
  else app.wake();
});
// Whatever somebody does with the page keeps it open; seen before any screen can stop it.
for (const act of ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchmove'])
  window.addEventListener(act, () => app.touch(), { capture: true, passive: true });
mount(Root, { target: document.getElementById('app')!, props: { app } });
void app.start();
if (import.meta.env.PROD)
  void registerWorker({ updateReady: () => app.updateFound(), wake: () => app.wake() });
