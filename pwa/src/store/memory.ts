/**
 * What an open store has in memory: all that must be at hand without opening a chart. A step of the store makes a new
 * one; it stands once the step is on the disk. Locking forgets it.
 */
import { listShelves, shelfOf, showShelf, tryShelf, type Shelf } from './charts';
import type { Database, Plain } from './database';
import { INDEX, summariesOf, type SealedIndex } from './index';
import { isLaid, unsealRows, type Entry, type Row } from './journal';
import type { IsLog } from './overlay';
import { Unreadable, type Seal } from './seal';
import { summarise } from './summarise';
import type { Me, Notice, ServerRecord, Summary } from './types';

export const ACCOUNT = 'account';
export const NOTICES = 'notices';

/** Whose store this is, and the secret that the server asks this phone for. */
export interface Account {
  me: Me;
  device: string;
  secret: string;
}

/** A notice as kept: one that its author has let go of is remembered, so that it is not told again. */
export type KeptNotice = Notice & { dismissed?: true };

export interface Memory {
  account: Account;
  numbering: Plain['numbering'];
  progress: Plain['progress'];
  contact: number | null;
  follow: Plain['follow'];
  /** Pending, waiting, laid and refused; the kept ones stay on the disk. */
  entries: readonly Entry[];
  /** Entries that cannot be read, oldest first. */
  unreadable: readonly Row[];
  /** A summary for each shelf. */
  summaries: ReadonlyMap<string, Summary>;
  notices: readonly KeptNotice[];
  /** Shelves whose copies were found damaged; they come anew (sync/anew.ts). */
  damaged: ReadonlySet<Shelf>;
}

/**
 * Everything that does not need the charts is read in one transaction: another tab may be writing. Only the account
 * must be readable; what else is damaged is found out by itself, and the rest stands.
 */
export async function readMemory(
  db: Database,
  seal: Seal,
  isLog: IsLog,
): Promise<{ memory: Memory; writes: number }> {
  const reading = db.transaction(['sealed', 'journal', 'plain']);
  const sealed = reading.objectStore('sealed');
  const state = reading.objectStore('journal').index('state');
  const plain = reading.objectStore('plain');
  const [account, index, notices, numbering, progress, contact, follow, writes, aside, ...rows] =
    await Promise.all([
      sealed.get(ACCOUNT),
      sealed.get(INDEX),
      sealed.get(NOTICES),
      plain.get('numbering') as Promise<Plain['numbering']>,
      plain.get('progress') as Promise<Plain['progress'] | undefined>,
      plain.get('contact') as Promise<number | undefined>,
      plain.get('follow') as Promise<Plain['follow'] | undefined>,
      plain.get('writes') as Promise<number | undefined>,
      state.getAll('unreadable'),
      state.getAll('pending'),
      state.getAll('waiting'),
      state.getAll('laid'),
      state.getAll('refused'),
    ]);
  if (!account) throw new Unreadable(ACCOUNT);
  const [opened, kept, told, { entries, unreadable }] = await Promise.all([
    seal.unseal<Account>(ACCOUNT, account),
    readable(index && seal.unseal<SealedIndex>(INDEX, index)),
    readable(notices && seal.unseal<KeptNotice[]>(NOTICES, notices)),
    unsealRows(seal, rows.flat()),
  ]);
  const known = summariesOf(kept);
  const stale = await staleShelves(db, known, entries);
  const member = opened.me.member;
  const { fresh, damaged } = await summariseShelves({ db, seal, isLog }, entries, stale, member);
  const memory = {
    account: opened,
    numbering,
    progress: progress ?? { epoch: null, cursor: null },
    contact: contact ?? null,
    follow: follow ?? null,
    entries: entries.sort((one, other) => one.n - other.n),
    unreadable: [...aside, ...unreadable].sort((one, other) => one.n - other.n),
    summaries: merge(known ?? new Map(), fresh),
    notices: told ?? [],
    damaged: new Set([...damaged, ...((progress?.anew?.damaged ?? []) as Shelf[])]),
  };
  return { memory, writes: writes ?? 0 };
}

/** Null for what is not there or cannot be read, and can be done without. */
async function readable<T>(opening: Promise<T> | undefined): Promise<T | null> {
  try {
    return (await opening) ?? null;
  } catch (error) {
    if (error instanceof Unreadable) return null;
    throw error;
  }
}

/**
 * The shelves to summarise anew: those that changes of this phone are laid over, and wherever the index and the charts
 * do not belong together, as when one of them was damaged or put back.
 */
async function staleShelves(
  db: Database,
  known: ReadonlyMap<string, Summary> | null,
  entries: readonly Entry[],
): Promise<Set<Shelf>> {
  const shelves = await listShelves(db);
  const here = new Set(shelves);
  const unknown = shelves.filter((shelf) => !known?.has(shelf));
  const gone = [...(known?.keys() ?? [])].filter((shelf) => !here.has(shelf as Shelf)) as Shelf[];
  return new Set([...shelvesOf(entries), ...unknown, ...gone]);
}

/**
 * Summaries of shelves under `entries`, of the copies on the disk or of those about to be written; null for a shelf of
 * which nothing is left. A shelf whose copies cannot be read keeps the summary it had.
 */
export async function summariseShelves(
  { db, seal, isLog }: { db: Database; seal: Seal; isLog: IsLog },
  entries: readonly Entry[],
  shelves: Iterable<Shelf>,
  member: string,
  written: ReadonlyMap<Shelf, ServerRecord[] | null> = new Map(),
): Promise<{ fresh: Map<Shelf, Summary | null>; damaged: Shelf[] }> {
  const fresh = new Map<Shelf, Summary | null>();
  const damaged: Shelf[] = [];
  const summaries = [...new Set(shelves)].map(async (shelf) => {
    const copies = written.has(shelf) ? written.get(shelf)! : await tryShelf(db, seal, shelf);
    if (copies === undefined) return void damaged.push(shelf);
    const shown = showShelf(shelf, copies, entries, isLog);
    fresh.set(shelf, shown && summarise(shown, member));
  });
  await Promise.all(summaries);
  return { fresh, damaged };
}

export function merge(
  known: ReadonlyMap<string, Summary>,
  fresh: ReadonlyMap<Shelf, Summary | null>,
): Map<string, Summary> {
  const merged = new Map(known);
  for (const [shelf, summary] of fresh)
    if (summary) merged.set(shelf, summary);
    else merged.delete(shelf);
  return merged;
}

/** The shelves over which changes of this phone are laid. */
export function shelvesOf(entries: Iterable<Entry>): Set<Shelf> {
  return new Set([...entries].filter(isLaid).map((entry) => shelfOf(entry.change!)));
}

/** `memory` with these entries and, where they touch a shelf, its summary under them. */
export async function withEntries(
  store: { db: Database; seal: Seal; isLog: IsLog },
  memory: Memory,
  entries: readonly Entry[],
  shelves: Iterable<Shelf>,
): Promise<Memory> {
  const { member } = memory.account.me;
  const { fresh, damaged } = await summariseShelves(store, entries, shelves, member);
  return {
    ...memory,
    entries,
    summaries: merge(memory.summaries, fresh),
    damaged: new Set([...memory.damaged, ...damaged]),
  };
}
