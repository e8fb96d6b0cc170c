/**
 * The journal: every edit made on this phone, sealed, by its dot, and what became of it.
 *
 *   pending --accepted--> laid --a copy with version ≥ seq arrived--> kept --30 days--> gone
 *      |------refused---> refused --mended or let go--> gone
 *      `------neither yet--> waiting --asked about again--> laid, or refused
 *
 * An entry that cannot be read is set aside as it lies (`unreadable`): it is listed, never sent, and never dropped but
 * by its author. Pending entries are the outbox. Pending, waiting and laid ones are laid over the server's records;
 * kept ones wait for the day on which a restored server asks for them (protocol.md, "A restored server"). That day they
 * and the laid ones are answered anew, as if they were pending.
 */
import type { Database, Plain } from './database';
import { Unreadable, type Seal } from './seal';
import type { Change, Refusal, Refused } from './types';

export type EntryState = 'pending' | 'laid' | 'kept' | 'refused' | 'waiting' | 'unreadable';

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
  /** The number it has; where a restore took it, the last it had. */
  seq?: number;
  /** Those it had before, oldest first: every restore gave it another. */
  had?: number[];
  /** Where the server moved its `at`. */
  corrected?: number;
  refusal?: Refusal;
  /** Its chart left the phone before it was answered: it is sent, and not shown. */
  unshown?: true;
  /** The copy of its record that is here has it, though the restored server does not: it is not laid over that too. */
  covered?: true;
  /** Made before this phone had followed a restored server: it is taken back, since `made` is of another epoch. */
  takeBack?: true;
}

type Content = Omit<Entry, 'device' | 'n' | 'state' | 'patient' | 'answered'>;

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
export function isLaid({ state, unshown, covered }: Entry): boolean {
  return (isUnanswered({ state }) && !unshown && !covered) || state === 'laid';
}

/** The server has not said what becomes of it. */
export function isUnanswered({ state }: Pick<Entry, 'state'>): boolean {
  return state === 'pending' || state === 'waiting';
}

/** Every number it ever had, oldest first. */
export function seqsOf({ had = [], seq }: Entry): number[] {
  return seq === undefined ? had : [...had, seq];
}

/**
 * In the order in which they were made: those of one device by n; before those of another where the server had them
 * before. A phone that is renumbered goes on as a device that counts from 1: what it has not sent comes last.
 */
export function inOrder(entries: readonly Entry[]): Entry[] {
  const order = new Map<Entry, [number, number]>();
  for (const own of Map.groupBy(entries, ({ device }) => device).values()) {
    const isLast = own.some(({ state }) => state === 'pending') ? 1 : 0;
    let least = Infinity;
    for (const entry of own.toSorted((one, other) => other.n - one.n)) {
      least = Math.min(least, entry.seq ?? Infinity);
      order.set(entry, [least, isLast]);
    }
  }
  return entries.toSorted((one, other) => {
    const [[seq, last], [otherSeq, otherLast]] = [order.get(one)!, order.get(other)!];
    if (seq !== otherSeq) return seq < otherSeq ? -1 : 1;
    if (last !== otherLast) return last - otherLast;
    if (one.device !== other.device) return one.device < other.device ? -1 : 1;
    return one.n - other.n;
  });
}

/**
 * The `seen` of a new change: what stood on the author's screen, and never more than the `seen` of any change to the
 * same record that is still unanswered or laid over it (protocol.md, "The phone").
 */
export function seenOf(seen: number, record: string, entries: Iterable<Entry>): number {
  const before = [...entries].filter(
    (entry) => (isUnanswered(entry) || entry.state === 'laid') && entry.change?.record === record,
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
