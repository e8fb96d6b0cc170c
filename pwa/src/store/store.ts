/**
 * One member's sealed store on this phone. Everything that is written passes `write`: under a Web Lock that all tabs
 * share, on top of what the last writer left, in one durable transaction; then memory follows and every tab is told.
 */
import { showShelf, tryShelf, type Shelf } from './charts';
import {
  eraseDatabase,
  ifRoom,
  openDatabase,
  putPlain,
  quiet,
  readPlain,
  writeDurably,
  type Database,
} from './database';
import { countPending } from './journal';
import { findOpenKey, listWraps, makeKey, putWrap, wrapKey, type Shown, type Wrap } from './keys';
import { CLOCK, contactAt } from './lease';
import { ACCOUNT, readMemory, type Account, type Memory } from './memory';
import type { IsLog } from './overlay';
import { Locked, Seal } from './seal';
import { Step } from './step';
import { takeOver } from './takeover';
import type { RecordShown } from './types';

/** What a step did: what memory is to be, and which shelves a screen must look at again. */
export interface Outcome<T = void> {
  memory: Memory;
  shelves: Iterable<Shelf>;
  result: T;
}

/** `active`: somebody uses another tab of this phone. */
export type StoreEvent =
  | { type: 'changed'; shelves: Shelf[] }
  | { type: 'active' }
  | { type: 'locked' }
  | { type: 'erased' };

export class Store {
  readonly seal = new Seal();
  /** Called before another tab's locking takes the key from this one: forms save. */
  leave: () => Promise<void> = async () => {};
  readonly #channel: BroadcastChannel;
  readonly #listeners = new Set<(event: StoreEvent) => void>();
  #memory: Memory | null = null;
  #isClosed = false;
  #writes = 0;

  private constructor(
    readonly db: Database,
    readonly member: string,
    readonly isLog: IsLog,
  ) {
    this.#channel = new BroadcastChannel(`doorstep/${member}`);
    this.#channel.onmessage = ({ data }) => void this.#hear(data as StoreEvent);
  }

  /** Opens the database that this member has here, locked; null where there is no key and so no store. */
  static async open(member: string, isLog: IsLog): Promise<Store | null> {
    const ended = { tell: () => {} };
    const db = await openDatabase(member, () => ended.tell());
    if ((await db.count('keys')) === 0) {
      db.close();
      return null;
    }
    const store = new Store(db, member, isLog);
    ended.tell = () => {
      store.#isClosed = true;
      store.#emit({ type: 'erased' });
    };
    return store;
  }

  /**
   * Makes the store of a phone that was just enrolled, open, for whoever shows this again; null where another tab has
   * made one meanwhile. What an unfinished one left is written over.
   */
  static async create(
    account: Account,
    isLog: IsLog,
    shown: Shown,
    now: number,
  ): Promise<Store | null> {
    const { device, me } = account;
    return navigator.locks.request(makingOf(me.member), async () => {
      const db = await openDatabase(me.member);
      if ((await db.count('keys')) > 0) {
        db.close();
        return null;
      }
      const seal = new Seal();
      const key = await makeKey();
      seal.unlock(key);
      const [wrap, sealed, clock] = await Promise.all([
        wrapKey(me.member, key, shown),
        seal.seal(ACCOUNT, account),
        seal.seal(CLOCK, contactAt(now)),
      ]);
      await writeDurably(db, (writing) => {
        for (const place of ['keys', 'sealed', 'journal', 'plain'] as const)
          quiet(writing.objectStore(place).clear());
        putWrap(writing, wrap);
        quiet(writing.objectStore('sealed').put(sealed, ACCOUNT));
        quiet(writing.objectStore('sealed').put(clock, CLOCK));
        putPlain(writing, 'numbering', { device, next: 1, sent: 0 });
        putPlain(writing, 'seals', 2);
      });
      db.close();
      const store = (await Store.open(me.member, isLog))!;
      await store.unlock(key);
      return store;
    });
  }

  /** What is in memory. Throws `Locked`. */
  get memory(): Memory {
    if (!this.#memory) throw new Locked();
    return this.#memory;
  }

  /** Its connection has ended: it must be found anew. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  get isOpen(): boolean {
    return this.#memory !== null;
  }

  /** The ways that open this store. */
  wraps(): Promise<Wrap[]> {
    return listWraps(this.db);
  }

  /** The key of a store of the version before, which lies open; null where it is sealed. */
  openKey(): Promise<CryptoKey | null> {
    return findOpenKey(this.db);
  }

  /** Seals a store of the version before under a new key, which is resolved to; null where another tab has. */
  takeOver(old: CryptoKey, shown: Shown, now: number): Promise<CryptoKey | null> {
    return this.#alone(async () =>
      (await this.openKey()) ? takeOver(this.db, this.member, old, shown, now) : null,
    );
  }

  /** Whether this is the key of the store: it opens the account or, should that be damaged, something else. */
  async isSealedBy(key: CryptoKey): Promise<boolean> {
    const seal = new Seal();
    seal.unlock(key);
    for (const place of [ACCOUNT, ...(await this.db.getAllKeys('sealed'))]) {
      const sealed = await this.db.get('sealed', place);
      const opened = sealed && (await seal.unsealBytes(place, sealed).catch(() => null));
      if (opened) return true;
    }
    return false;
  }

  /** Takes the key, so that what is sealed can be read. Nothing is in memory before `load`. */
  async takeKey(key: CryptoKey): Promise<void> {
    this.seal.unlock(key, (await readPlain(this.db, 'seals')) ?? 0);
  }

  /** Opens the store for work; `takeKey` comes before. Throws `Unreadable` where its account cannot be read. */
  async load(): Promise<void> {
    await this.#alone(() => this.#catchUp(true));
    const { unreadable } = this.memory;
    // Set aside on the disk too, so that a locked phone does not count as unsent what can never be sent.
    if (unreadable.length > (await this.db.countFromIndex('journal', 'state', 'unreadable')))
      await ifRoom(() => this.keep((step) => unreadable.forEach((row) => step.putRow(row))));
  }

  async unlock(key: CryptoKey): Promise<void> {
    await this.takeKey(key);
    await this.load();
  }

  /**
   * Seals the key for one more way, or, after a recovery, for this way alone: the escrow then wants a copy anew. The
   * key must have been taken.
   */
  async addWay(shown: Shown, alone = false): Promise<void> {
    const wrap = await this.seal.lend((key) => wrapKey(this.member, key, shown));
    await writeDurably(this.db, (writing) => {
      if (alone) {
        quiet(writing.objectStore('keys').clear());
        quiet(writing.objectStore('plain').delete('escrow'));
      }
      putWrap(writing, wrap);
    });
  }

  /** False, with nothing done, where nothing else would open the store. */
  async removeWay(id: string): Promise<boolean> {
    const wraps = await this.wraps();
    if (!wraps.some((wrap) => wrap.id !== id)) return false;
    await writeDurably(this.db, (writing) => quiet(writing.objectStore('keys').delete(id)));
    return true;
  }

  /** Forgets the key and all that was open, in every tab. */
  lock(): void {
    this.#forget();
    this.#tell({ type: 'locked' });
  }

  /** Somebody uses this tab: no other locks for want of that. */
  tellActive(): void {
    this.#tell({ type: 'active' });
  }

  /** Known while locked: how many changes wait for an answer, the device they are of, and whether its member left. */
  async outside(): Promise<Outside> {
    const [unsent, numbering, contact, left] = await Promise.all([
      countPending(this.db),
      readPlain(this.db, 'numbering'),
      readPlain(this.db, 'contact'),
      readPlain(this.db, 'left'),
    ]);
    const device = numbering?.device ?? '';
    return { unsent, device, contact: contact ?? null, left: left ?? false };
  }

  /** Notes outside that its member has signed out, or has come back. */
  async setLeft(left: boolean): Promise<void> {
    await writeDurably(this.db, (writing) => putPlain(writing, 'left', left));
  }

  /** What is read of this store, or `otherwise` where its connection ends meanwhile, as another tab may erase it. */
  async unlessGone<T, U>(reading: Promise<T>, otherwise: U): Promise<T | U> {
    try {
      return await reading;
    } catch (error) {
      if (this.#isClosed) return otherwise;
      throw error;
    }
  }

  /** Erases the store: no key, no record, nothing to send is left. */
  async erase(): Promise<void> {
    this.#isClosed = true;
    this.#forget();
    this.#tell({ type: 'erased' });
    await eraseDatabase(this.db, this.member);
    this.close();
  }

  close(): void {
    this.#isClosed = true;
    this.#forget();
    this.#channel.close();
    this.#listeners.clear();
    this.db.close();
  }

  /**
   * One step: `act` seals what is to be written and says what memory will be. It sees what every tab has written
   * before. All of it is on the disk when this resolves, or none: then it throws, `StoreFull` where there is no room.
   */
  async write<T>(act: (step: Step, memory: Memory) => Promise<Outcome<T>>): Promise<T> {
    const { outcome, wrote } = await this.#alone(async () => {
      await this.#catchUp();
      const step = new Step(this.seal);
      const outcome = await act(step, this.memory);
      if (step.isEmpty) return { outcome, wrote: false };
      step.plain('writes', this.#writes + 1);
      await step.commit(this.db);
      this.#writes += 1;
      // Locked while it was being written: what is on the disk stays, memory stays forgotten.
      if (!this.seal.isLocked) this.#memory = outcome.memory;
      return { outcome, wrote: true };
    });
    if (wrote) {
      const changed: StoreEvent = { type: 'changed', shelves: [...new Set(outcome.shelves)] };
      this.#tell(changed);
      this.#emit(changed);
    }
    return outcome.result;
  }

  /** A step that memory does not hold anything of: it waits for no other and concerns no other tab. */
  async keep(act: (step: Step) => Promise<void> | void): Promise<void> {
    const step = new Step(this.seal);
    await act(step);
    await step.commit(this.db);
  }

  /** The records of a shelf as shown; null where this phone holds none. Where its copies are damaged, what is unsent. */
  async show(shelf: Shelf): Promise<RecordShown[] | null> {
    const copies = await tryShelf(this.db, this.seal, shelf);
    if (copies === undefined && this.#memory)
      this.#memory = { ...this.#memory, damaged: new Set([...this.#memory.damaged, shelf]) };
    return showShelf(shelf, copies ?? null, this.memory.entries, this.isLog);
  }

  on(listener: (event: StoreEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #hear(event: StoreEvent): Promise<void> {
    if (event.type === 'locked') {
      if (this.isOpen) await this.leave();
      this.#forget();
    }
    try {
      if (event.type === 'changed' && this.isOpen) await this.#alone(() => this.#catchUp());
    } catch (error) {
      if (!(error instanceof Locked)) throw error;
    }
    this.#emit(event);
    if (event.type === 'erased') this.close();
  }

  /** Reads anew what another tab has written since. */
  async #catchUp(always = false): Promise<void> {
    const writes = (await readPlain(this.db, 'writes')) ?? 0;
    if (!always && writes === this.#writes) return;
    const read = await readMemory(this.db, this.seal, this.isLog);
    // Locked while it was being read.
    if (this.seal.isLocked) throw new Locked();
    this.#memory = read.memory;
    this.#writes = read.writes;
  }

  #alone<T>(act: () => Promise<T>): Promise<T> {
    return navigator.locks.request(`doorstep/${this.member}/write`, act) as Promise<T>;
  }

  #forget(): void {
    this.seal.lock();
    this.#memory = null;
  }

  #tell(event: StoreEvent): void {
    this.#channel.postMessage(event);
  }

  #emit(event: StoreEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
}

/** The lock under which a store is made, so that nobody takes its empty database for a remnant. */
export const makingOf = (member: string) => `doorstep/${member}/make`;

export interface Outside {
  unsent: number;
  device: string;
  contact: number | null;
  left: boolean;
}
