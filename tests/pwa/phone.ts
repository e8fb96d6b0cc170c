/** A phone for tests: the whole app on a made-up server, with its own storage and a clock that only tests move. */
import { App } from "../../pwa/src/state/app.svelte";
import type { Router } from "../../pwa/src/state/router.svelte";
import { FakeServer } from "./fake/server";

import "fake-indexeddb/auto";

export class Phone {
  readonly kept = new Map<string, string>();
  now = Date.parse("2026-11-21T10:00:00Z");
  /** What waits for time to pass: the longest wait that was asked for last. */
  timers: { act: () => void; at: number }[] = [];
  app: App;

  constructor(readonly server: FakeServer) {
    this.app = this.#start();
  }

  /** The page is loaded anew: nothing but what is on the disk is left. */
  reload(): App {
    this.app.session.store?.close();
    this.timers = [];
    this.app = this.#start();
    return this.app;
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
      fetch: this.server.fetch,
      storage: {
        getItem: (key) => this.kept.get(key) ?? null,
        setItem: (key, value) => void this.kept.set(key, value),
        removeItem: (key) => void this.kept.delete(key),
      },
      storageManager: undefined,
      languages: ["en-US"],
      clock: {
        now: () => this.now,
        setTimeout: (act, wait) => {
          const timer = { act, at: this.now + wait };
          this.timers.push(timer);
          return timer;
        },
        clearTimeout: (timer) =>
          void (this.timers = this.timers.filter((one) => one !== timer)),
        random: () => 0.5,
      },
      version: "1.0.0",
      name: "Test phone",
      isLog: (_, field) => field === "addenda",
      wakeOnSignal: () => {},
      activateUpdate: () => {},
    });
  }
}

/** A phone whose member has signed in and synced. */
export async function openPhone(server: FakeServer): Promise<Phone> {
  const phone = new Phone(server);
  await phone.app.start();
  await phone.app.join("token");
  await phone.app.syncNow();
  return phone;
}
