/** The member's database on this phone: its schema, its one way to write durably, and how it ends. */
import { deleteDB, openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction } from 'idb';
import type { Row } from './journal';
import type { Wrap } from './keys';

/** Version of what is on the disk. Of version 1 were the stores whose key lay open in `keys` (takeover.ts). */
const SCHEMA = 2;

export interface Tables extends DBSchema {
  /** The key of the store, sealed once for each way that opens it; in version 1 the key itself. */
  keys: { key: string; value: Wrap | CryptoKey };
  /** Sealed blobs by the place that is their associated data: `chart/ID`, `index`, `library/KIND`, `draft/…`. */
  sealed: { key: string; value: ArrayBuffer };
  /** Edits and what became of them. Their numbers and states are plain, so that a locked app can count them. */
  journal: {
    key: [string, number];
    value: Row;
    indexes: { state: string; patient: string; answered: number };
  };
  /** What is no secret and must be known while locked: see `Plain`. */
  plain: { key: string; value: unknown };
}

/** A pull from nothing that is under way (sync/anew.ts). */
export interface Anew {
  /** The cursor before it: what is typed meanwhile was made knowing that much. */
  made: string | null;
  /** Shelves that have come so far, and those whose copies are damaged. */
  brought: string[];
  damaged: string[];
  /** What is here is of an epoch that has ended: nothing stays that does not come. */
  whole?: true;
}

/** Following a server that was restored from a backup (sync/follow.ts). */
export interface Follow {
  /** The epoch that the server went on to. */
  epoch: string;
  /** It lost the numbers between the two, of those that this phone has known. */
  head: number;
  start: number;
  stage: 'offering' | 'salvaging' | 'pulling';
  /** The last change that was answered, in the order in which they are offered (sync/take-back.ts). */
  offered: { device: string; n: number } | null;
}

/** Everything in the object store `plain`. */
export interface Plain {
  /** The device, the number its next change gets, and the last number that was ever sent. */
  numbering: { device: string; next: number; sent: number };
  /** How far this phone has got. Written only together with what it stands for. */
  progress: { epoch: string | null; cursor: string | null; anew?: Anew };
  /** Counts writes, so that a tab knows when another has written. */
  writes: number;
  /** When the server last gave a whole answer. */
  contact: number;
  /** How many seals the key has made that lie on this disk or lay there (seal.ts). */
  seals: number;
  /** Its member has signed out: signing in opens it, and the lock screen does not. */
  left: boolean;
  /** The escrow has a copy of the key: of which device, sealed for which key of the server (escrow.ts). */
  escrow: { device: string; for: string };
  /** Null where this phone is in the epoch of its server. */
  follow: Follow | null;
}

export type Database = IDBPDatabase<Tables>;
export type Places = ('sealed' | 'journal' | 'plain' | 'keys')[];
export type Writing = IDBPTransaction<Tables, Places, 'readwrite'>;

/** There was no room. Nothing of what was to be written is. */
export class StoreFull extends Error {
  override name = 'StoreFull';
}

/** Writes what is good to keep, and must keep nobody from opening or closing their store when it is full. */
export async function ifRoom(write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!(error instanceof StoreFull)) throw error;
  }
}

/** A newer version of the app has written this store. */
export class StoreNewer extends Error {
  override name = 'StoreNewer';
}

const PREFIX = 'doorstep-';
const nameOf = (member: string) => PREFIX + member;

/** The members who have a database on this phone. */
export async function listMembers(): Promise<string[]> {
  const names = (await indexedDB.databases()).flatMap(({ name }) => name ?? []);
  return names
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => name.slice(PREFIX.length))
    .sort();
}

/** Removes the database, and waits until every tab has let go of it. */
export function removeDatabase(member: string): Promise<void> {
  return deleteDB(nameOf(member));
}

/** Opens the database, making it if need be. `onEnd` tells that another tab has erased or upgraded it. */
export async function openDatabase(
  member: string,
  onEnd: () => void = () => {},
): Promise<Database> {
  try {
    return await openDB<Tables>(nameOf(member), SCHEMA, {
      upgrade(db, before) {
        if (before > 0) return;
        db.createObjectStore('keys');
        db.createObjectStore('sealed');
        db.createObjectStore('plain');
        const journal = db.createObjectStore('journal', { keyPath: ['device', 'n'] });
        journal.createIndex('state', 'state');
        journal.createIndex('patient', 'patient');
        journal.createIndex('answered', 'answered');
      },
      blocking(_, __, event) {
        (event.target as IDBDatabase).close();
        onEnd();
      },
      terminated: onEnd,
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'VersionError') throw new StoreNewer();
    throw error;
  }
}

/**
 * One transaction, all or nothing, on the disk when this resolves. `act` makes its requests at once, without waiting
 * for anything but them.
 */
export async function writeDurably(db: Database, act: (writing: Writing) => void): Promise<void> {
  const writing = db.transaction(['sealed', 'journal', 'plain', 'keys'], 'readwrite', {
    durability: 'strict',
  });
  // A refused request aborts the transaction, which `done` then tells; its own promise says nothing more.
  quiet(writing.done);
  try {
    act(writing);
  } catch (defect) {
    writing.abort();
    throw defect;
  }
  try {
    await writing.done;
  } catch (error) {
    if (isFull(error) || isFull(writing.error)) throw new StoreFull(undefined, { cause: error });
    throw error;
  }
}

export function readPlain<K extends keyof Plain>(
  db: Database,
  name: K,
): Promise<Plain[K] | undefined> {
  return db.get('plain', name) as Promise<Plain[K] | undefined>;
}

export function putPlain<K extends keyof Plain>(writing: Writing, name: K, value: Plain[K]): void {
  quiet(writing.objectStore('plain').put(value, name));
}

/** For a request inside a transaction: the transaction's own outcome speaks for it. */
export function quiet(request: Promise<unknown>): void {
  request.catch(() => {});
}

/**
 * Empties the store, the key first, and removes it. What was in it cannot be read again, whatever remains. A disk too
 * full to empty it, and another tab that erases it at the same time, keep it from being emptied, not from being removed.
 */
export async function eraseDatabase(db: Database, member: string): Promise<void> {
  try {
    await db.clear('keys');
    await writeDurably(db, (writing) => {
      for (const place of ['sealed', 'journal', 'plain'] as const)
        quiet(writing.objectStore(place).clear());
    });
  } catch {
    // What matters is whether it can be removed.
  }
  db.close();
  await removeDatabase(member);
}

function isFull(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'QuotaExceededError';
}
