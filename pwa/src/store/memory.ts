/**
 * What an open store has in memory: all that must be at hand without opening a chart. A step of the store makes a new
 * one; it stands once the step is on the disk. Locking forgets it.
 */
import { listShelves, readShelf, shelfOf, showShelf, type Shelf } from './charts';
import type { Database, Plain } from './database';
import { INDEX, summariesOf, type SealedIndex } from './index';
import { isLaid, unsealRow, type Entry } from './journal';
import type { IsLog } from './overlay';
import type { Seal } from './seal';
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
  restored: string | null;
  /** Pending, laid and refused; the kept ones stay on the disk. */
  entries: readonly Entry[];
  /** A summary for each shelf. */
  summaries: ReadonlyMap<string, Summary>;
  notices: readonly KeptNotice[];
}

/** Everything that does not need the charts is read in one transaction: another tab may be writing. */
export async function readMemory(
  db: Database,
  seal: Seal,
  isLog: IsLog,
): Promise<{ memory: Memory; writes: number }> {
  const reading = db.transaction(['sealed', 'journal', 'plain']);
  const sealed = reading.objectStore('sealed');
  const state = reading.objectStore('journal').index('state');
  const plain = reading.objectStore('plain');
  const [account, index, notices, numbering, progress, contact, restored, writes, ...rows] =
    await Promise.all([
      sealed.get(ACCOUNT),
      sealed.get(INDEX),
      sealed.get(NOTICES),
      plain.get('numbering') as Promise<Plain['numbering']>,
      plain.get('progress') as Promise<Plain['progress'] | undefined>,
      plain.get('contact') as Promise<number | undefined>,
      plain.get('restored') as Promise<string | undefined>,
      plain.get('writes') as Promise<number | undefined>,
      state.getAll('pending'),
      state.getAll('laid'),
      state.getAll('refused'),
    ]);
  const [opened, kept, told, entries] = await Promise.all([
    seal.unseal<Account>(ACCOUNT, account!),
    index ? seal.unseal<SealedIndex>(INDEX, index) : null,
    notices ? seal.unseal<KeptNotice[]>(NOTICES, notices) : [],
    Promise.all(rows.flat().map((row) => unsealRow(seal, row))),
  ]);
  const memory = {
    account: opened,
    numbering,
    progress: progress ?? { epoch: null, cursor: null },
    contact: contact ?? null,
    restored: restored ?? null,
    entries: entries.sort((one, other) => one.n - other.n),
    notices: told,
  };
  const known = summariesOf(kept);
  const stale = known ? shelvesOf(entries) : await listShelves(db);
  const member = opened.me.member;
  const fresh = await summariseShelves({ db, seal, isLog }, entries, stale, member);
  return {
    memory: { ...memory, summaries: merge(known ?? new Map(), fresh) },
    writes: writes ?? 0,
  };
}

/**
 * Summaries of shelves under `entries`, of the copies on the disk or of those about to be written; null for a shelf of
 * which nothing is left.
 */
export async function summariseShelves(
  { db, seal, isLog }: { db: Database; seal: Seal; isLog: IsLog },
  entries: readonly Entry[],
  shelves: Iterable<Shelf>,
  member: string,
  written: ReadonlyMap<Shelf, ServerRecord[] | null> = new Map(),
): Promise<Map<Shelf, Summary | null>> {
  const summaries = [...new Set(shelves)].map(async (shelf): Promise<[Shelf, Summary | null]> => {
    const copies = written.has(shelf) ? written.get(shelf)! : await readShelf(db, seal, shelf);
    const shown = showShelf(shelf, copies, entries, isLog);
    return [shelf, shown && summarise(shown, member)];
  });
  return new Map(await Promise.all(summaries));
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
  const fresh = await summariseShelves(store, entries, shelves, member);
  return { ...memory, entries, summaries: merge(memory.summaries, fresh) };
}
