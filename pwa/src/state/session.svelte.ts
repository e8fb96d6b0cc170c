/**
 * Who uses this phone, and whether their store is open.
 *
 *   somebody arrives --> their store --> open
 *                          |  none here: this phone is enrolled, and a new one sealed by passkey or passphrase
 *                          |  not opened by their passkey: locked; after a recovery, opened by the escrow
 *   locked --passkey or passphrase, no network--> the store that it opens, whosever it is --> open, or leased
 */
import { ifRoom } from '../store/database';
import type { Shown } from '../store/keys';
import { isOver, keepTime, readClock, readRules } from '../store/lease';
import { ACCOUNT } from '../store/memory';
import { Unreadable } from '../store/seal';
import { Store } from '../store/store';
import type { Me, Trouble } from '../store/types';
import type { Client } from '../sync/client';
import { askMe, enrol } from '../sync/enrol';
import { releaseEscrow } from '../sync/escrow';
import type { Arrival, Arrivals } from './arrival';
import type { Platform } from './platform';
import type { Stores } from './stores.svelte';
import type { Phase, StuckStore, UnlockResult } from './types';

/** Of the version before: the member whose store this phone opens. */
const MEMBER = 'doorstep.member';

/** What waits for a passkey or a passphrase to be sealed with. */
type Unsealed =
  | { is: 'new'; me: Me }
  | { is: 'old'; store: Store; key: CryptoKey; me: Me | null }
  | { is: 'recovered'; store: Store; key: CryptoKey; me: Me };

export class Session {
  phase: Phase = $state('loading');
  /** Known while the store is open; the server is not asked. */
  me: Me | null = $state.raw(null);
  stuck: StuckStore | null = $state.raw(null);
  /** While a passphrase is being chosen: a passkey may be taken instead. */
  canBind: boolean = $state(false);
  /** The store that is open, or whose lease is over. */
  store: Store | null = null;

  #unsealed: Unsealed | null = null;
  #arrived: Arrival | null = null;

  constructor(
    private readonly client: Client,
    private readonly platform: Platform,
    private readonly stores: Stores,
    private readonly arrivals: Arrivals,
  ) {}

  /** Looks at what is on this phone, after going on with an arrival that was cut off. */
  async start(): Promise<void> {
    const arrival = this.arrivals.isCutOff ? await this.arrivals.resume() : null;
    if (!arrival || !(await this.#goOn(arrival))) await this.#rest();
  }

  /** Opens what this member has here, or begins with it. Null once the phase says what comes next. */
  async enter(arrival: Arrival): Promise<Trouble | null> {
    const { me, shown } = arrival;
    const isHere = this.store?.member === me.member;
    if (!isHere) this.#close();
    this.#arrived = arrival;
    if (isHere) return this.#open(this.store!, me).then(() => null);
    const store = await this.stores.of(me.member);
    if (this.stores.isNewer(me.member)) return 'outdated';
    if (this.stores.isUnopenable(me.member)) {
      this.phase = 'unopenable';
      return null;
    }
    if (!store) return this.#sealWith({ is: 'new', me });
    await ifRoom(() => store.setLeft(false));
    const old = await store.openKey();
    if (old) return this.#sealWith({ is: 'old', store, key: old, me });
    const opened = shown && (await this.stores.openedBy(shown));
    if (opened?.key && opened.store === store) {
      await store.takeKey(opened.key);
      return this.#open(store, me).then(() => null);
    }
    await this.#toLock();
    const recoverable = me.recovery === true;
    if (shown || recoverable) this.stuck = { unsent: (await store.outside()).unsent, recoverable };
    if (recoverable) await this.recover();
    return null;
  }

  /** Names that a passphrase of this person must not be made of. */
  get names(): string[] {
    const me = this.#who;
    return me ? [me.name, me.email, me.organisation_name] : [];
  }

  /** Somebody else's store here opens with it: it would be theirs that opens. */
  isOthers(passphrase: string): Promise<boolean> {
    return this.stores.isOthers(passphrase, this.#who?.member ?? null);
  }

  /** What waits to be sealed is sealed with this, and opened. Null when it is done. */
  async seal(shown: Shown): Promise<Trouble | null> {
    const unsealed = this.#unsealed;
    if (!unsealed) return 'refused';
    if (unsealed.is === 'new') return this.#makeStore(unsealed.me, shown);
    const { store, key, me } = unsealed;
    if (unsealed.is === 'old') {
      const taken = await store.takeOver(key, shown, this.#now());
      this.platform.storage.removeItem(MEMBER);
      if (!taken) return this.#wasElsewhere();
      await store.takeKey(taken);
    } else {
      await store.takeKey(key);
      await store.addWay(shown, true);
    }
    await this.#open(store, me);
    return null;
  }

  /** The passkey of this arrival, asked once more. */
  async bind(): Promise<'open' | 'cancelled' | 'unsupported' | Trouble> {
    const credential = this.#arrived?.credential;
    if (!credential) return 'unsupported';
    const given = await this.platform.authenticator.show([credential]);
    if (typeof given === 'string') return given;
    this.canBind = given.shown !== null;
    if (!given.shown) return 'unsupported';
    return (await this.seal(given.shown)) ?? 'open';
  }

  /** With the passphrase, or else by a passkey. Needs no network. */
  async unlock(passphrase?: string): Promise<UnlockResult> {
    if (this.phase === 'open') return 'open';
    const shown = await this.#ask(passphrase);
    if (typeof shown === 'string') return shown;
    const opened = await this.stores.openedBy(shown);
    if (!opened) return 'wrong';
    if (!opened.key) return 'damaged';
    const { store, key } = opened;
    const me = this.#arrived?.me ?? null;
    await store.takeKey(key);
    return this.#tryOpen(store, me?.member === store.member ? me : null);
  }

  /** In `leased`: asks the server whether this member may go on. */
  async tryContact(): Promise<'open' | Trouble> {
    const { store } = this;
    if (!store || this.phase !== 'leased') return 'refused';
    const reply = await askMe(this.client);
    if (!('answer' in reply)) return reply.trouble;
    if (reply.answer.member !== store.member) return 'signed_out';
    return (await this.#tryOpen(store, reply.answer)) === 'open' ? 'open' : 'refused';
  }

  /** After a recovery, the escrow's copy opens the store that nothing else does. */
  async recover(): Promise<Trouble | null> {
    const store = await this.#stuckStore();
    if (!store || !this.stuck!.recoverable) return 'refused';
    const reply = await releaseEscrow(this.client, (await store.outside()).device);
    // Before the ways there were are given up for it: a copy of another key opens nothing.
    if ('answer' in reply && (await store.isSealedBy(reply.answer))) {
      const { me } = this.#arrived!;
      return this.#sealWith({ is: 'recovered', store, key: reply.answer, me });
    }
    const trouble = 'answer' in reply ? 'refused' : reply.trouble;
    if (trouble !== 'offline') this.stuck = { ...this.stuck!, recoverable: false };
    return trouble;
  }

  /** Gives up the store that nothing opens, with what is unsent in it, for a new one. */
  async startOver(): Promise<Trouble | null> {
    const store = await this.#stuckStore();
    if (!store) return 'refused';
    this.stores.drop(store);
    await store.erase();
    return this.#sealWith({ is: 'new', me: this.#arrived!.me });
  }

  async lock(): Promise<void> {
    this.store?.lock();
    await this.locked();
  }

  /** The store was locked, here or in another tab. */
  async locked(): Promise<void> {
    const [unsealed, arrived] = [this.#unsealed, this.#arrived];
    this.#close();
    // At once: what is on the screen goes, whatever becomes of the look at the disk.
    this.phase = 'locked';
    if (unsealed?.is === 'recovered') {
      // The key is forgotten; while the session may, it can be had once more.
      this.#arrived = arrived;
      this.stuck = { unsent: (await unsealed.store.outside()).unsent, recoverable: true };
    }
    await (unsealed?.is === 'old' ? this.#rest() : this.#toLock());
  }

  /** To the sign-in screen; every store stays as it is, sealed. */
  useAnother(): void {
    this.#close();
    this.arrivals.end();
    this.phase = 'signed_out';
  }

  /** Back to what waits on this phone. */
  async unlockInstead(): Promise<void> {
    this.#close();
    await this.#rest();
  }

  /** The member has signed out: their store stays, sealed, and opens when they sign in. */
  async leave(): Promise<void> {
    const { store } = this;
    if (store) await ifRoom(() => store.setLeft(true));
    store?.lock();
    this.useAnother();
    await this.stores.waiting();
  }

  /** A store is gone from this phone: erased here or in another tab. */
  async gone(store: Store): Promise<void> {
    this.stores.drop(store);
    const isOther = this.store !== null && this.store !== store;
    if (isOther || this.phase === 'choosing_passphrase') return;
    this.#close();
    await this.#rest();
  }

  /** The server said who this is; kept for when it is not there. */
  async learn(me: Me): Promise<void> {
    const { store } = this;
    if (!store?.isOpen || me.member !== store.member) return;
    await keepAccount(store, me);
    this.me = me;
  }

  /** Whoever has a passkey and no store here yet gives it once more, which seals one; the others go on at once. */
  async #goOn(arrival: Arrival): Promise<boolean> {
    const { member, passkeys } = arrival.me;
    if (!passkeys || (await this.stores.of(member))) return !(await this.enter(arrival));
    this.arrivals.end();
    return false;
  }

  /** To the screen that what is on this phone calls for. */
  async #rest(): Promise<void> {
    const member = this.platform.storage.getItem(MEMBER);
    for (const store of await this.stores.all()) {
      const key = await store.openKey();
      if (key && store.member === member) {
        this.#unsealed = { is: 'old', store, key, me: null };
        this.phase = 'choosing_passphrase';
        return;
      }
      // Its member had signed out of the version before.
      if (key) await ifRoom(() => store.setLeft(true));
    }
    await this.#toLock();
  }

  /** To the lock screen, where somebody's store waits, else to the sign-in, unless the one that is here is shut. */
  async #toLock(): Promise<void> {
    const waiting = await this.stores.waiting();
    if (waiting.length) this.phase = 'locked';
    else this.phase = this.stores.isUnopenable() ? 'unopenable' : 'signed_out';
  }

  /** Sealed at once with the passkey of the arrival; without, the person is asked for a passphrase. */
  async #sealWith(unsealed: Unsealed): Promise<Trouble | null> {
    this.#unsealed = unsealed;
    const { shown = null, credential = null } = this.#arrived ?? {};
    if (shown) return this.seal(shown);
    this.stuck = null;
    this.canBind = credential !== null;
    this.phase = 'choosing_passphrase';
    return null;
  }

  async #makeStore(me: Me, shown: Shown): Promise<Trouble | null> {
    if (await this.stores.of(me.member)) return this.#wasElsewhere();
    const reply = await enrol(this.client, this.platform.name);
    if (!('answer' in reply)) return reply.trouble;
    const account = { me, ...reply.answer };
    const store = await Store.create(account, this.platform.isLog, shown, this.#now());
    if (!store) return this.#wasElsewhere();
    this.stores.add(store);
    await this.#open(store, me);
    return null;
  }

  /** Another tab has sealed it meanwhile: what was chosen there opens it. */
  async #wasElsewhere(): Promise<null> {
    this.#close();
    await this.#toLock();
    return null;
  }

  /** Opens the store whose key was taken. `me`: the server has just been heard, which renews the lease. */
  async #open(store: Store, me: Me | null): Promise<UnlockResult> {
    const now = this.#now();
    this.store = store;
    if (!me && isOver(await readClock(store), now, await readRules(store))) {
      // What this clock said once counts, though it is set back for the next try.
      await ifRoom(() => keepTime(store, now));
      this.phase = 'leased';
      return 'leased';
    }
    await this.#load(store, me);
    await ifRoom(async () => {
      await keepTime(store, now, me !== null);
      if (!me) return;
      await this.#keepWay(store);
      await keepAccount(store, me);
    });
    this.#settle(store);
    return 'open';
  }

  #settle(store: Store): void {
    this.arrivals.end();
    this.#arrived = null;
    this.#unsealed = null;
    this.stuck = null;
    this.me = store.memory.account.me;
    this.phase = 'open';
  }

  async #tryOpen(store: Store, me: Me | null): Promise<UnlockResult> {
    try {
      return await this.#open(store, me);
    } catch (error) {
      if (this.store === store) this.store = null;
      // Locked meanwhile, as by another tab.
      if (store.seal.isLocked) return 'cancelled';
      console.error(error);
      store.lock();
      return 'damaged';
    }
  }

  /**
   * Where the account cannot be read, a sign-in mends it: the server says who it is, and the next sync enrols this
   * phone again and renumbers what is unsent.
   */
  async #load(store: Store, me: Me | null): Promise<void> {
    if (store.isOpen) return;
    try {
      await store.load();
    } catch (error) {
      if (!(error instanceof Unreadable) || !me) throw error;
      const { device } = await store.outside();
      await store.keep((step) => step.put(ACCOUNT, { me, device, secret: '' }));
      await store.load();
    }
  }

  /** What its member has shown on arrival opens this store from here on. */
  async #keepWay(store: Store): Promise<void> {
    const shown = this.#arrived?.shown;
    if (shown?.way !== 'prf') return;
    const isKnown = (await store.wraps()).some(({ id }) => id === shown.credential);
    if (!isKnown) await store.addWay(shown);
  }

  /** What is shown to unlock, or why nothing is. */
  async #ask(passphrase?: string): Promise<Shown | UnlockResult> {
    if (passphrase !== undefined) return { way: 'passphrase', text: passphrase };
    const credentials = await this.stores.credentials();
    if (!credentials.length) return 'unsupported';
    const given = await this.platform.authenticator.show(credentials);
    if (typeof given === 'string') return given;
    return given.shown ?? 'unsupported';
  }

  /** The store of who has arrived, where it is stuck. */
  async #stuckStore(): Promise<Store | null> {
    return this.stuck && this.#arrived ? this.stores.of(this.#arrived.me.member) : null;
  }

  /** Whose store is open, or about to be sealed. */
  get #who(): Me | null {
    return this.me ?? this.#arrived?.me ?? this.#unsealed?.me ?? null;
  }

  #now(): number {
    return this.platform.clock.now();
  }

  /** Nothing of a person is left in memory; the phase is the caller's to say. */
  #close(): void {
    this.store?.seal.lock();
    if (this.store?.isOpen) this.store.lock();
    this.store = null;
    this.me = null;
    this.stuck = null;
    this.canBind = false;
    this.#unsealed = null;
    this.#arrived = null;
  }
}

async function keepAccount(store: Store, me: Me): Promise<void> {
  await store.write(async (step, memory) => {
    const account = { ...memory.account, me };
    await step.put(ACCOUNT, account);
    return { memory: { ...memory, account }, shelves: [], result: undefined };
  });
}
