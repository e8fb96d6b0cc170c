/**
 * What runs while a store is open and ends when it is not: lists and charts that follow it, sync, the idle watch, the
 * lease; and what is asked of the server for stores that are locked. `App` tells it when the session has turned.
 */
import { StoreFull } from '../store/database';
import { isOver, keepTime, readClock, readRules, RULES } from '../store/lease';
import { Locked } from '../store/seal';
import type { Store, StoreEvent } from '../store/store';
import type { Client } from '../sync/client';
import { askMe } from '../sync/enrol';
import { keepEscrow } from '../sync/escrow';
import type { Erasures } from './erasures.svelte';
import type { Index } from './index.svelte';
import type { Platform } from './platform';
import type { Session } from './session.svelte';
import type { Shelves } from './shelves.svelte';
import type { Stores } from './stores.svelte';
import type { SyncState } from './sync.svelte';
import type { Syncer } from './syncer';
import { Watch } from './watch';

/** How often a phone that is not open asks whether it is revoked. */
const REVOKED_AGAIN = 5 * 60_000;
/** How often a tab in use says so to the others. */
const ACTIVE_AGAIN = 15_000;
/** When a tab of a member was last in use; there only while it is open. */
const usedAt = (member: string) => `doorstep.used/${member}`;

/** The parts of the app that follow the session. */
interface Parts {
  session: Session;
  stores: Stores;
  erasures: Erasures;
  shelves: Shelves;
  syncer: Syncer;
  sync: SyncState;
  index: Index;
  client: Client;
  platform: Platform;
  /** Forms save, and what is being saved is on the disk. */
  putAway: () => Promise<void>;
}

export class Running {
  readonly #watch: Watch;
  readonly #erasing = new Set<Store>();
  /** The store whose member the server has been asked about since it was opened. */
  #introduced: Store | null = null;
  #again: unknown = null;
  #toldActive = 0;

  constructor(private readonly parts: Parts) {
    this.#watch = new Watch(parts.platform.clock, {
      lock: () => void this.lock(),
      tick: () => void this.#tick(),
      usedElsewhere: () => this.#usedElsewhere(),
    });
  }

  /** A store that was found on this phone: it may be erased or locked from another tab. */
  found(store: Store): void {
    store.on((event) => this.#hear(store, event));
    store.leave = () => (this.#isOpen(store) ? this.parts.putAway() : Promise.resolve());
  }

  /** The session may be in another phase: what runs and what is shown follows. */
  async turned(): Promise<void> {
    const { session, stores, sync, platform } = this.parts;
    const { phase, store } = session;
    platform.clock.clearTimeout(this.#again as never);
    if (phase === 'open') return this.#opened(store!);
    // A key is at hand, though nothing is open.
    if (phase === 'leased' || phase === 'choosing_passphrase') this.#watch.start();
    else this.#watch.stop();
    if (phase === 'leased' && store) sync.lastContact = (await readClock(store))?.contact ?? null;
    await stores.waiting();
    sync.unsent = session.phase === 'signed_out' ? 0 : stores.unsent;
    this.#again = platform.clock.setTimeout(() => void this.askRevoked(), REVOKED_AGAIN);
  }

  async lock(): Promise<void> {
    await this.parts.putAway();
    this.close();
    await this.parts.session.lock();
    await this.turned();
  }

  /** Nothing of the store is left in memory. What is unsent stays counted. */
  close(): void {
    const { session, platform, syncer, shelves, index, sync } = this.parts;
    this.#watch.stop();
    if (session.store) platform.storage.removeItem(usedAt(session.store.member));
    this.#introduced = null;
    syncer.schedule.stop();
    shelves.clear();
    index.clear();
    sync.error = null;
    sync.detail = null;
    sync.restored = null;
    sync.waiting = 0;
  }

  /** Somebody touches the phone; the other tabs are told now and then. */
  touch(): void {
    this.#watch.touch();
    const { session, platform } = this.parts;
    const now = platform.clock.now();
    if (session.phase !== 'open' || Math.abs(now - this.#toldActive) < ACTIVE_AGAIN) return;
    this.#toldActive = now;
    session.store?.tellActive();
    try {
      platform.storage.setItem(usedAt(session.store!.member), String(now));
    } catch {
      // No room: a tab that is awake has been told all the same.
    }
  }

  /** The signal may be back, or somebody looks at the page again: locks where it was away too long. */
  wake(): void {
    const isLocked = this.#watch.check();
    if (this.parts.session.phase === 'open' && !isLocked) this.parts.syncer.schedule.retry();
    void this.askRevoked();
  }

  /**
   * The server has answered: once an opening it is asked who this member is by now, and the escrow gets a copy of the
   * key where it has none.
   */
  async heard(): Promise<void> {
    const { session, client } = this.parts;
    const { store } = session;
    if (!store || !this.#isOpen(store) || this.#introduced === store) return;
    this.#introduced = store;
    try {
      const reply = await askMe(client);
      if ('answer' in reply) await session.learn(reply.answer);
      const isDone = 'answer' in reply && this.#isOpen(store) && (await keepEscrow(store, client));
      if (!isDone && this.#introduced === store) this.#introduced = null;
    } catch (error) {
      if (this.#introduced === store) this.#introduced = null;
      ignoreEnd(error, store);
    }
  }

  /** The phone of this store was revoked. */
  wipe(store: Store): Promise<void> {
    return this.#erase(store);
  }

  /** Erases every store whose phone was revoked, whoever uses this one; says so to the server until it is heard. */
  async askRevoked(): Promise<void> {
    const { erasures, stores, session } = this.parts;
    for (const store of await erasures.revoked(await stores.all())) {
      if (this.#isOpen(store)) await this.#handIn();
      await this.#erase(store);
    }
    await erasures.tell();
    if (session.phase !== 'open') await this.turned();
  }

  async #opened(store: Store): Promise<void> {
    const { shelves, syncer } = this.parts;
    shelves.follow(store);
    this.#show();
    await this.#followRules(store);
    if (!this.#isOpen(store)) return;
    this.#watch.start();
    void syncer.askStorage(true);
    syncer.schedule.start();
  }

  /** This tab writes it too, and no later than it is touched: of that nothing is made. */
  #usedElsewhere(): number {
    const { session, platform } = this.parts;
    const used = session.store && platform.storage.getItem(usedAt(session.store.member));
    return Number(used ?? -Infinity);
  }

  #isOpen(store: Store): boolean {
    return this.parts.session.store === store && store.isOpen;
  }

  #hear(store: Store, event: StoreEvent): void {
    const { session, shelves, erasures } = this.parts;
    const isTheirs = session.store === store;
    if (event.type === 'changed' && isTheirs && session.phase === 'open') {
      this.#show();
      shelves.refresh(event.shelves);
      if (event.shelves.includes(RULES)) void this.#followRules(store);
    } else if (event.type === 'active' && isTheirs) {
      this.#watch.touch();
    } else if (event.type === 'locked' && isTheirs) {
      this.close();
      void session.locked().then(() => this.turned());
    } else if (event.type === 'erased') {
      if (isTheirs) this.close();
      erasures.look();
      void session.gone(store).then(() => this.turned());
    }
  }

  #show(): void {
    const { session, index, syncer } = this.parts;
    if (!session.store?.isOpen) return;
    index.follow(session.store.memory);
    syncer.follow(session.store);
  }

  /** The organisation says how long a phone stays open untouched. */
  async #followRules(store: Store): Promise<void> {
    if (!store.seal.isLocked) this.#watch.idle = (await readRules(store)).idle;
  }

  /** Every few minutes while open: keeps the time, and locks where the lease is over. */
  async #tick(): Promise<void> {
    const { session, platform } = this.parts;
    const { store } = session;
    if (!store || !this.#isOpen(store)) return;
    try {
      const now = platform.clock.now();
      await keepTime(store, now);
      void this.askRevoked();
      if (isOver(await readClock(store), now, await readRules(store))) await this.lock();
    } catch (error) {
      ignoreEnd(error, store);
    }
  }

  /** What the open store has not sent goes to the office first, where a supervisor may take it in. Tried once. */
  async #handIn(): Promise<void> {
    const { putAway, sync, syncer } = this.parts;
    await putAway();
    if (sync.unsent) await syncer.schedule.ask();
  }

  async #erase(store: Store): Promise<void> {
    if (this.#erasing.has(store) || store.isClosed) return;
    this.#erasing.add(store);
    const { session, stores, erasures } = this.parts;
    if (session.store === store) this.close();
    stores.drop(store);
    try {
      await erasures.erase(store);
    } finally {
      this.#erasing.delete(store);
      await session.gone(store);
      await this.turned();
    }
  }
}

/** Locked or erased in the middle of it, or a disk that is full or fails: it is done another time, if there is one. */
function ignoreEnd(error: unknown, store: Store): void {
  if (error instanceof Locked || error instanceof StoreFull || store.isClosed) return;
  console.error(error);
}
