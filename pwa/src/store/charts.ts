/**
 * Charts and the library as they lie on the disk: the server's copies, a sealed blob for each chart and for each kind
 * of the library. This phone's own changes are never written into them; they are laid over when a chart is shown.
 */
import type { Database } from './database';
import { inOrder, isLaid, type Entry } from './journal';
import { layOver, type IsLog } from './overlay';
import { Unreadable, type Seal } from './seal';
import { rangeUnder } from './step';
import type { Change, RecordShown, ServerRecord } from './types';

/** Where a shelf of records lies: a chart, or one kind of the library. */
export type Shelf = `chart/${string}` | `library/${string}`;

export function shelfOf({ patient, kind }: { patient: string | null; kind: string }): Shelf {
  return patient === null ? `library/${kind}` : `chart/${patient}`;
}

export const chartOf = (patient: string): Shelf => `chart/${patient}`;

/** The server's copies on a shelf; null where this phone holds none. */
export async function readShelf(
  db: Database,
  seal: Seal,
  shelf: Shelf,
): Promise<ServerRecord[] | null> {
  const sealed = await db.get('sealed', shelf);
  return sealed ? seal.unseal<ServerRecord[]>(shelf, sealed) : null;
}

/** As `readShelf`; `undefined` where the copies are there and cannot be read. */
export async function tryShelf(
  db: Database,
  seal: Seal,
  shelf: Shelf,
): Promise<ServerRecord[] | null | undefined> {
  try {
    return await readShelf(db, seal, shelf);
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

/** Every shelf that holds copies. */
export async function listShelves(db: Database): Promise<Shelf[]> {
  const under = (prefix: string) => db.getAllKeys('sealed', rangeUnder(prefix));
  return (await Promise.all(['chart/', 'library/'].map(under))).flat() as Shelf[];
}

/** A copy replaces the one there was, whatever the version of either (protocol.md, "The phone"). */
export function replace(
  copies: readonly ServerRecord[],
  arrived: readonly ServerRecord[],
): ServerRecord[] {
  return [...new Map([...copies, ...arrived].map((record) => [record.id, record])).values()];
}

/** The records of a shelf as shown; null where there is neither a copy nor a change of this phone. */
export function showShelf(
  shelf: Shelf,
  copies: readonly ServerRecord[] | null,
  entries: Iterable<Entry>,
  isLog: IsLog,
): RecordShown[] | null {
  const laid = changesOn(shelf, entries);
  if (!copies && laid.size === 0) return null;
  const known = new Map((copies ?? []).map((record) => [record.id, record]));
  const ids = new Set([...known.keys(), ...laid.keys()]);
  return [...ids].flatMap((id) => layOver(known.get(id) ?? null, laid.get(id) ?? [], isLog) ?? []);
}

function changesOn(shelf: Shelf, entries: Iterable<Entry>): Map<string, Change[]> {
  const laid = [...entries].filter(
    (entry) => isLaid(entry) && entry.change && shelfOf(entry.change) === shelf,
  );
  const changes = inOrder(laid).map((entry) => entry.change!);
  return Map.groupBy(changes, (change) => change.record);
}
