/**
 * The outbox: changes that the server has not yet answered, in batches that keep the order of n. What is about to be
 * sent for the first time is made final first: the same dot is never sent with another content.
 */
import { Ledger } from '../store/ledger';
import type { Entry } from '../store/journal';
import type { Store } from '../store/store';
import type { Change } from '../store/types';

/** Limits of one request are 1,000 changes and 5 MB unpacked; the envelope and the reads want some room. */
export const MOST_CHANGES = 1_000;
const MOST_BYTES = 4_000_000;

export interface Batch {
  device: string;
  changes: Change[];
  /** The cursor that this phone had applied when it made the first of these changes. */
  made: string | null;
}

/**
 * The next changes to send, oldest first, at most `most`, of those beyond `after`. Durable: after this their content
 * stays as it is.
 */
export function takeBatch(store: Store, most = MOST_CHANGES, after = 0): Promise<Batch> {
  return store.write(async (step, memory) => {
    const { device, next, sent } = memory.numbering;
    const ledger = new Ledger(memory.entries);
    const pending = ledger.pending().filter((entry) => entry.device === device);
    lowerTimes(pending.filter((entry) => entry.n > sent)).forEach((entry) => ledger.put(entry));
    const left = ledger.pending().filter((entry) => entry.n > after);
    const changes = fitting(left.map((entry) => entry.change!)).slice(0, most);
    const numbering = { device, next, sent: Math.max(sent, changes.at(-1)?.n ?? 0) };
    if (numbering.sent > sent) {
      await ledger.write(step);
      step.plain('numbering', numbering);
    }
    const result = { device, changes, made: pending[0]?.made ?? null };
    return { memory: { ...memory, numbering, entries: ledger.all() }, shelves: [], result };
  });
}

/**
 * Entries whose `at` must be lowered before their first sending: from the last backwards, each to the lesser of itself
 * and the `at` of the next n (protocol.md, "Time").
 */
export function lowerTimes(unsent: readonly Entry[]): Entry[] {
  const lowered: Entry[] = [];
  let least = Infinity;
  for (const entry of unsent.toReversed()) {
    const change = entry.change!;
    if (change.at > least) lowered.push({ ...entry, change: { ...change, at: least } });
    else least = change.at;
  }
  return lowered;
}

/** The first of them that one request may hold, and at least one. */
export function fitting<T>(items: readonly T[]): T[] {
  let bytes = 0;
  const end = items.findIndex((item) => {
    bytes += new TextEncoder().encode(JSON.stringify(item)).length + 1;
    return bytes > MOST_BYTES;
  });
  // One that is too large by itself goes alone, for the server to say so.
  return items.slice(0, end < 0 ? undefined : Math.max(end, 1));
}
