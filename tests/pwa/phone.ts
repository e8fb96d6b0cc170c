/** A phone for tests: the whole app on a made-up server, with its own storage and a clock that only tests move. */
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach } from 'vitest';
import { App } from '../../pwa/src/state/app.svelte';
import type { Router } from '../../pwa/src/state/router.svelte';
import type { Json } from '../../pwa/src/store/types';
import { FakeAuthenticator } from './fake/authenticator';
import { FakeServer } from './fake/server';

import 'fake-indexeddb/auto';

/** Each test has a disk of its own. */
beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});

export class Phone {
  readonly kept = new Map<string, string>();
  readonly authenticator = new FakeAuthenticator();
  now = Date.parse('2026-11-21T10:00:00Z');
  /** What waits for time to pass: the longest wait that was asked for last. */
  timers: { act: () => void; at: number }[] = [];
  /** Called when the new version is to start. */
  activated: () => void = () => {};
  /** Called when a newer version is looked for. */
  lookedFor: () => void = () => {};
  app: App;

  constructor(readonly server: FakeServer) {
    this.app = this.#start();
  }

  /** The page is loaded anew: nothing but what is on the disk is left. */
  reload(): App {
    this.app.session.store?.close();
    this.app.session.store = null;
    this.timers = [];
    this.app = this.#start();
    return this.app;
  }

  /** The same app in another tab of this phone, open. */
  async openTab(): Promise<App> {
    const tab = this.#start();
    await tab.start();
    await tab.unlock();
    return tab;
  }

  /** Time passes; what waited for it happens. */
  pass(milliseconds: number): void {
    this.now += milliseconds;
    const due = this.timers.filter(({ at }) => at <= this.now);
    this.timers = this.timers.filter(({ at }) => at > this.now);
    for (const { act } of due) act();
  }

  #start(): App {
    return new App({} as Router, {
      fetch: (path, init) => this.server.fetch(path, init),
      storage: {
        getItem: (key) => this.kept.get(key) ?? null,
        setItem: (key, value) => void this.kept.set(key, value),
        removeItem: (key) => void this.kept.delete(key),
      },
      authenticator: this.authenticator,
      storageManager: undefined,
      languages: ['en-US'],
      clock: {
        now: () => this.now,
        setTimeout: (act, wait) => {
          const timer = { act, at: this.now + wait };
          this.timers.push(timer);
          return timer;
        },
        clearTimeout: (timer) => void (this.timers = this.timers.filter((one) => one !== timer)),
        random: () => 0.5,
      },
      version: '1.0.0',
      name: 'Test phone',
      isLog: (_, field) => field === 'addenda',
      wakeOnSignal: () => {},
      lookForUpdate: () => this.lookedFor(),
      activateUpdate: () => this.activated(),
    });
  }
}

/** A phone whose member has signed in and synced. */
export async function openPhone(server: FakeServer): Promise<Phone> {
  // A member of its own: locks and channels of one test's tabs must not meet those of another's.
  server.me = { ...server.me, member: crypto.randomUUID() };
  const phone = new Phone(server);
  await phone.app.start();
  await phone.app.join('token');
  await phone.app.syncNow();
  return phone;
}

/** A record as the made-up server takes it. */
export function record(
  id: string,
  kind: string,
  patient: string | null,
  fields: Record<string, Json>,
) {
  return { id, kind, patient, deleted: false, fields, contested: {}, overruled: {} };
}

/** Waits for what happens by itself, as a refresh of a screen, until `holds`. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 20_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('It did not come about.');
    await new Promise((resolve) => setImmediate(resolve));
  }
}
