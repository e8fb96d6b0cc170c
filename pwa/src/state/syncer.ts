/** Runs the rounds of sync for the open store and keeps `SyncState` true. */
import { Client, type NoAnswer } from '../sync/client';
import { syncRound, type Outcome } from '../sync/round';
import { Schedule, type Ended } from '../sync/schedule';
import { askStorage, statusOf, unsentOf, type StorageState } from '../sync/status';
import type { Store } from '../store/store';
import type { Platform } from './platform';
import type { SyncState } from './sync.svelte';

interface Surroundings {
  store: () => Store | null;
  lang: () => string;
  leave: () => Promise<void>;
  /** The server has answered a whole round. */
  heard: () => void;
  /** This store's phone was revoked, whoever uses it meanwhile. */
  wipe: (store: Store) => Promise<void>;
}

export class Syncer {
  readonly schedule: Schedule;

  constructor(
    private readonly state: SyncState,
    private readonly client: Client,
    private readonly platform: Platform,
    private readonly around: Surroundings,
  ) {
    this.schedule = new Schedule(() => this.#round(), platform.clock);
  }

  /** Shows what the store says: how much is unsent, since when, and when the server was last heard. */
  follow(store: Store): void {
    Object.assign(this.state, unsentOf(store));
    this.state.lastContact = store.memory.contact;
    this.#showFollowing(store);
    this.state.waiting = store.memory.entries.filter((entry) => entry.state === 'waiting').length;
  }

  /** `ask`: the browser may put the question of persistent storage to the member, so once an opening. */
  async askStorage(ask = false): Promise<StorageState> {
    const storage = await askStorage(this.platform.storageManager, ask);
    Object.assign(this.state, storage);
    return storage;
  }

  /** One round at a time over all tabs: where another tab is at it, this one takes its result. */
  async #round(): Promise<Ended> {
    const store = this.around.store();
    if (!store?.isOpen) return { ok: true };
    const name = `doorstep/${store.member}/sync`;
    const ended = await navigator.locks
      .request(name, { ifAvailable: true }, (lock) => (lock ? this.#exchange(store) : { ok: true }))
      .catch((error: unknown): Ended => {
        // A disk that fails: what was kept stays as it was, and the next round tries again.
        console.error(error);
        return { ok: false };
      });
    this.state.progress = null;
    this.state.phase = ended.ok ? 'idle' : 'waiting';
    return ended;
  }

  async #exchange(store: Store): Promise<Ended> {
    this.state.phase = this.state.unsent ? 'sending' : 'receiving';
    const outcome = await syncRound({
      store,
      client: this.client,
      now: this.platform.clock.now,
      lang: this.around.lang(),
      name: this.platform.name,
      status: async () => statusOf(store, this.platform.version, await this.askStorage()),
      leave: this.around.leave,
      progress: (records) => {
        this.state.phase = 'receiving';
        this.state.progress = records;
      },
      followed: (done, total) => {
        const { follow } = store.memory;
        if (follow) this.state.restored = { stage: follow.stage, done, total };
      },
    });
    return this.#take(store, outcome);
  }

  async #take(store: Store, outcome: Outcome): Promise<Ended> {
    const { state } = this;
    if ('wipe' in outcome && outcome.wipe) await this.around.wipe(store);
    // It was locked meanwhile, and somebody else may be at the phone: how it ended is not theirs to see.
    if (this.around.store() !== store) return { ok: true };
    if ('trouble' in outcome) return this.#fail(outcome);
    state.error = null;
    state.detail = null;
    state.full = 'full' in outcome;
    this.around.heard();
    return { ok: 'done' in outcome };
  }

  /** How far a round has got in its stage is known while it runs. */
  #showFollowing({ memory: { follow } }: Store): void {
    if (follow?.stage === this.state.restored?.stage) return;
    this.state.restored = follow && { stage: follow.stage, done: 0, total: null };
  }

  #fail({ trouble, detail, wait }: NoAnswer): Ended {
    this.state.error = trouble;
    this.state.detail = detail ?? null;
    if (trouble === 'offline') this.platform.wakeOnSignal();
    if (trouble === 'outdated') this.platform.lookForUpdate();
    return wait ? { ok: false, wait } : { ok: false };
  }
}
