/**
 * One member's sealed store on this phone. Everything that is written passes `write`: under a Web Lock that all tabs
 * share, on top of what the last writer left, in one durable transaction; then memory follows and every tab is told.
 */
import { readShelf, showShelf, type Shelf } from './charts';
import {
  eraseDatabase,
  openDatabase,
  putPlain,
  quiet,
  readPlain,
  writeDurably,
  type Database,
} from './database';
import { countPending } from './journal';
import { findKey, makeKey, putKey } from './keys';
import { ACCOUNT, readMemory, type Account, type Memory } from './memory';
import type { IsLog } from './overlay';
import { Locked, Seal } from './seal';
import { Step } from './step';
import type { RecordShown } from './types';

/** What a step did: what memory is to be, and which shelves a screen must look at again. */
export interface Outcome<T = void> {
  memory: Memory;
  shelves: Iterable<Shelf>;
  result: T;
}

export type StoreEvent =
  { type: 'changed'; shelves: Shelf[] } | { type: 'locked' } | { type: 'erased' };

export class Store {
  readonly seal = new Seal();
  readonly #channel: BroadcastChannel;
  readonly #listeners = new Set<(event: StoreEvent) => void>();
  #memory: Memory | null = null;
  #writes = 0;

  private constructor(
    readonly db: Database,
    readonly member: string,
    readonly isLog: IsLog,
  ) {
    this.#channel = new BroadcastChannel(`doorstep/${member}`);
    this.#channel.onmessage = ({ data }) => void this.#hear(data as StoreEvent);
  }

  /** Opens the store that this member has here, locked; null where there is none. */
  static async open(member: string, isLog: IsLog): Promise<Store | null> {
    const ended = { tell: () => {} };
    const db = await openDatabase(member, () => ended.tell());
    if (!(await findKey(db)) || !(await db.getKey('sealed', ACCOUNT))) {
      db.close();
      return null;
    }
    const store = new Store(db, member, isLog);
    ended.tell = () => store.#emit({ type: 'erased' });
    return store;
  }

  /** Makes the store of a phone that was just enrolled, open. What an unfinished one left is written over. */
  static async create(account: Account, isLog: IsLog): Promise<Store> {
    const { device, me } = account;
    const db = await openDatabase(me.member);
    const seal = new Seal();
    const key = await makeKey();
    seal.unlock(key);
    const sealed = await seal.seal(ACCOUNT, account);
    await writeDurably(db, (writing) => {
      quiet(writing.objectStore('sealed').clear());
      quiet(writing.objectStore('journal').clear());
      quiet(writing.objectStore('plain').clear());
      putKey(writing, key);
      quiet(writing.objectStore('sealed').put(sealed, ACCOUNT));
      putPlain(writing, 'numbering', { device, next: 1, sent: 0 });
    });
    db.close();
    const store = (await Store.open(me.member, isLog))!;
    await store.unlock();
    return store;
  }

  /** What is in memory. Throws `Locked`. */
  get memory(): Memory {
    if (!this.#memory) throw new Locked();
    return this.#memory;
  }

  get isOpen(): boolean {
    return this.#memory !== null;
  }

  async unlock(): Promise<void> {
    const key = await findKey(this.db);
    if (!key) throw new Locked();
    this.seal.unlock(key);
    await this.#alone(() => this.#catchUp(true));
  }

  /** Forgets the key and all that was open, in every tab. */
  lock(): void {
    this.#forget();
    this.#channel.postMessage({ type: 'locked' } satisfies StoreEvent);
  }

  /** Known while locked: how many changes wait for an answer, and the device they are of. */
  async outside(): Promise<{ unsent: number; device: string; contact: number | null }> {
    const [unsent, numbering, contact] = await Promise.all([
      countPending(this.db),
      readPlain(this.db, 'numbering'),
      readPlain(this.db, 'contact'),
    ]);
    return { unsent, device: numbering?.device ?? '', contact: contact ?? null };
  }

  /** Erases the store: no key, no record, nothing to send is left. */
  async erase(): Promise<void> {
    this.#forget();
    this.#channel.postMessage({ type: 'erased' } satisfies StoreEvent);
    await eraseDatabase(this.db, this.member);
    this.close();
  }

  close(): void {
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
      this.#channel.postMessage(changed);
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

  /** The records of a shelf as shown; null where this phone holds none. */
  async show(shelf: Shelf): Promise<RecordShown[] | null> {
    const copies = await readShelf(this.db, this.seal, shelf);
    return showShelf(shelf, copies, this.memory.entries, this.isLog);
  }

  on(listener: (event: StoreEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #hear(event: StoreEvent): Promise<void> {
    if (event.type === 'locked') this.#forget();
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

  #emit(event: StoreEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
}
