/**
 * The journal: every edit made on this phone, sealed, by its dot, and what became of it.
 *
 *   pending --accepted--> laid --a copy with version ≥ seq arrived--> kept --30 days--> gone
 *      `------refused---> refused --mended or let go--> gone
 *
 * An entry that cannot be read is set aside as it lies (`unreadable`): it is listed, never sent, and never dropped but
 * by its author. Pending entries are the outbox. Pending and laid ones are laid over the server's records; kept ones wait for the day
 * on which a restored server asks for them (protocol.md, "A restored server").
 */
import type { Database, Plain } from './database';
import { Unreadable, type Seal } from './seal';
import type { Change, Refusal, Refused } from './types';

export type EntryState = 'pending' | 'laid' | 'kept' | 'refused' | 'unreadable';

/** Accepted changes are kept this long. */
export const KEPT_FOR = 30 * 86_400_000;

/** An entry as it lies on the disk: number, state and chart plain, its content sealed. */
export interface Row {
  device: string;
  n: number;
  state: EntryState;
  patient: string | null;
  /** When it was accepted or refused, by this phone's clock. */
  answered?: number;
  /** Of an unreadable one: the state it had. */
  was?: EntryState;
  sealed: ArrayBuffer;
}

export interface Entry {
  device: string;
  n: number;
  state: EntryState;
  patient: string | null;
  answered?: number;
  /** Null for the note that is left of a refused change whose chart has left the phone. */
  change: Change | null;
  /** The cursor that this phone had applied when the change was made. */
  made: string | null;
  seq?: number;
  refusal?: Refusal;
  /** Its chart left the phone before it was answered: it is sent, and not shown. */
  unshown?: true;
}

type Content = Pick<Entry, 'change' | 'made' | 'seq' | 'refusal' | 'unshown'>;

export const entryPlace = ({ device, n }: { device: string; n: number }) =>
  `journal/${device}/${n}`;

export async function sealEntry(seal: Seal, entry: Entry): Promise<Row> {
  const { device, n, state, patient, answered, ...content } = entry;
  const sealed = await seal.seal(entryPlace(entry), content satisfies Content);
  return { device, n, state, patient, ...(answered ? { answered } : {}), sealed };
}

export async function unsealRow(seal: Seal, row: Row): Promise<Entry> {
  const { sealed, ...plain } = row;
  return { ...plain, ...(await seal.unseal<Content>(entryPlace(row), sealed)) };
}

/** Those that can be read, and the rows of those that cannot. */
export async function unsealRows(
  seal: Seal,
  rows: readonly Row[],
): Promise<{ entries: Entry[]; unreadable: Row[] }> {
  const unreadable: Row[] = [];
  const entries = await Promise.all(
    rows.map((row) =>
      unsealRow(seal, row).catch((error: unknown) => {
        if (!(error instanceof Unreadable)) throw error;
        unreadable.push({ ...row, state: 'unreadable', was: row.state });
        return null;
      }),
    ),
  );
  return { entries: entries.filter((entry) => entry !== null), unreadable };
}

/** How many changes wait for an answer. Needs no key. */
export function countPending(db: Database): Promise<number> {
  return db.countFromIndex('journal', 'state', 'pending');
}

/** Still in memory: all but those that are only kept. An unreadable one is no entry. */
export function isOpen({ state }: Entry): boolean {
  return state !== 'kept';
}

/** Laid over the server's copy of its record. */
export function isLaid({ state, unshown }: Entry): boolean {
  return (state === 'pending' && !unshown) || state === 'laid';
}

/** Accepted ones by seq, then those not yet answered by n: a device renumbered after them counts from 1 again. */
export function inOrder(one: Entry, other: Entry): number {
  if (one.seq && other.seq) return one.seq - other.seq;
  if (one.seq || other.seq) return one.seq ? -1 : 1;
  return one.n - other.n;
}

/**
 * The `seen` of a new change: what stood on the author's screen, and never more than the `seen` of any change to the
 * same record that is still unanswered or laid over it (protocol.md, "The phone").
 */
export function seenOf(seen: number, record: string, entries: Iterable<Entry>): number {
  const before = [...entries].filter(
    ({ state, change }) => (state === 'pending' || state === 'laid') && change?.record === record,
  );
  return Math.min(seen, ...before.map((entry) => entry.change!.seen));
}

/** The cursor that stands for what this phone knows when a change is made. */
export function madeAt({ cursor, anew }: Plain['progress']): string | null {
  return anew ? anew.made : cursor;
}

export function asRefused(entry: Entry): Refused {
  const { device, n, change, answered, refusal } = entry;
  return { id: `${device}/${n}`, n, change, refused_at: answered ?? 0, refusal: refusal! };
}
