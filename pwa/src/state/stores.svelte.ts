/** The stores on this phone: one a member, all sealed, of which a person opens their own and sees no other. */
import { listMembers, removeDatabase, StoreNewer } from '../store/database';
import { unwrapKey, type Shown, type Wrap } from '../store/keys';
import type { IsLog } from '../store/overlay';
import { makingOf, Store } from '../store/store';
import type { Ways } from './types';

/** A store that what was shown should open. `key` is null where its sealed key is damaged. */
export interface Opened {
  store: Store;
  key: CryptoKey | null;
}

export class Stores {
  /** A newer version of the app has written one: this one leaves it alone. */
  outdated: boolean = $state(false);
  /** What opens those that wait on the lock screen. */
  ways: Ways = $state.raw({ passkey: false, passphrase: false });
  /** Changes in them without an answer. */
  unsent: number = $state(0);
  readonly #known = new Map<string, Store>();
  readonly #newer = new Set<string>();
  /** Members whose database the browser does not open. */
  readonly #unopenable = new Set<string>();
  /** The browser does not even say which there are. */
  #isBlind = false;

  constructor(
    private readonly isLog: IsLog,
    /** Called once for each store, while it is locked. */
    private readonly found: (store: Store) => void,
  ) {}

  /** Every store on this phone, also those that another tab has made meanwhile. */
  async all(): Promise<Store[]> {
    for (const member of await this.#members()) await this.of(member);
    return [...this.#known.values()].filter((store) => !store.isClosed);
  }

  /** The member's store; null where there is none. */
  async of(member: string): Promise<Store | null> {
    const known = this.#known.get(member);
    if (known && !known.isClosed) return known;
    try {
      const store = await Store.open(member, this.isLog);
      if (store) this.add(store);
      this.#unopenable.delete(member);
      return store;
    } catch (error) {
      if (error instanceof StoreNewer) {
        this.outdated = true;
        this.#newer.add(member);
      } else {
        console.error(error);
        this.#unopenable.add(member);
      }
      return null;
    }
  }

  /** A store is there, or may be, and the browser does not open it: that of `member`, or any. */
  isUnopenable(member?: string): boolean {
    if (this.#isBlind) return true;
    return member === undefined ? this.#unopenable.size > 0 : this.#unopenable.has(member);
  }

  /** A newer version of the app has written this member's. */
  isNewer(member: string): boolean {
    return this.#newer.has(member);
  }

  add(store: Store): void {
    this.#known.get(store.member)?.close();
    this.#known.set(store.member, store);
    this.found(store);
  }

  drop(store: Store): void {
    if (this.#known.get(store.member) === store) this.#known.delete(store.member);
  }

  /** Stores whose member has not signed out: those that the lock screen is about. */
  async waiting(): Promise<Store[]> {
    const waiting: Store[] = [];
    for (const store of await this.all()) {
      const outside = await store.unlessGone(store.outside(), null);
      if (outside && !outside.left) waiting.push(store);
    }
    await this.#look(waiting);
    return waiting;
  }

  /** The passkeys that open one of those. */
  async credentials(): Promise<string[]> {
    const wraps = await wrapsOf(await this.waiting());
    return wraps.flatMap(({ wrap }) => (wrap.way === 'prf' ? wrap.credential : []));
  }

  /** The store that this opens, whosever it is. */
  async openedBy(shown: Shown): Promise<Opened | null> {
    let damaged: Opened | null = null;
    for (const { store, wrap } of await wrapsOf(await this.waiting())) {
      const isMeant =
        wrap.way === shown.way && (shown.way !== 'prf' || wrap.id === shown.credential);
      if (!isMeant) continue;
      const key = await unwrapKey(store.member, wrap, shown);
      if (key) return { store, key };
      // A passkey gives one output for ever; a passphrase may just be mistyped.
      if (shown.way === 'prf') damaged = { store, key: null };
    }
    return damaged;
  }

  /** Whether this passphrase opens a store here of somebody other than `member`. */
  async isOthers(text: string, member: string | null): Promise<boolean> {
    const others = (await this.all()).filter((store) => store.member !== member);
    const opened = (await wrapsOf(others)).map(({ store, wrap }) =>
      unwrapKey(store.member, wrap, { way: 'passphrase', text }),
    );
    return (await Promise.all(opened)).some((key) => key !== null);
  }

  /** Removes a database that has no key: an erasure was cut short. One that is just being made is left. */
  async sweep(): Promise<void> {
    for (const member of await this.#members()) {
      await navigator.locks.request(makingOf(member), { ifAvailable: true }, async (lock) => {
        if (!lock || this.#known.has(member) || (await this.of(member))) return;
        if (!this.outdated && !this.isUnopenable(member)) await removeDatabase(member);
      });
    }
  }

  async #members(): Promise<string[]> {
    try {
      const members = await listMembers();
      this.#isBlind = false;
      return members;
    } catch (error) {
      console.error(error);
      this.#isBlind = true;
      return [];
    }
  }

  async #look(waiting: Store[]): Promise<void> {
    const wraps = (await wrapsOf(waiting)).map(({ wrap }) => wrap.way);
    this.ways = { passkey: wraps.includes('prf'), passphrase: wraps.includes('passphrase') };
    const counts = waiting.map(async (store) => {
      const outside = await store.unlessGone(store.outside(), null);
      return outside?.unsent ?? 0;
    });
    this.unsent = (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
  }
}

async function wrapsOf(stores: Store[]): Promise<{ store: Store; wrap: Wrap }[]> {
  const each = stores.map(async (store) => {
    const wraps = await store.unlessGone(store.wraps(), []);
    return wraps.map((wrap) => ({ store, wrap }));
  });
  return (await Promise.all(each)).flat();
}
