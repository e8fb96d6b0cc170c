/**
 * What became of changes, taken into the journal: those that were sent, and those that a restored server has taken back
 * (protocol.md, "One round trip" and "A restored server").
 */
import { shelfOf, type Shelf } from '../store/charts';
import { INDEX, indexOf } from '../store/index';
import { isLaid, isUnanswered, seqsOf, type Entry } from '../store/journal';
import { Ledger } from '../store/ledger';
import { withEntries, type Memory } from '../store/memory';
import type { Step } from '../store/step';
import type { Outcome, Store } from '../store/store';
import type { Accepted, Outcomes, Taken } from './wire';

/**
 * What became of changes of `device`; returns the shelves on which it shows. An answer to a dot is final, until a restore
 * takes it: `asked` has what was offered to a restored server, kept changes too, which the ledger does not have.
 */
export function settle(
  ledger: Ledger,
  outcomes: Taken | Outcomes,
  device: string,
  now: number,
  asked: readonly Entry[] = [],
): Shelf[] {
  const offered = new Map(asked.map((entry) => [entry.n, entry]));
  const shelves: Shelf[] = [];
  const take = (n: number, answered: (entry: Entry) => Entry | null) => {
    const entry = ledger.find(device, n) ?? offered.get(n);
    if (!entry?.change || !(isUnanswered(entry) || offered.has(n))) return;
    const after = answered(entry);
    if (after) ledger.put(after);
    else ledger.drop(entry);
    if (isLaid(entry) || (after && isLaid(after))) shelves.push(shelfOf(entry.change));
  };
  for (const answer of outcomes.accepted)
    take(answer.n, (entry) => (entry.unshown ? null : accepted(entry, answer, now)));
  for (const { n, ...refusal } of outcomes.refused)
    take(n, (entry) => refused(entry, refusal, now));
  if ('waiting' in outcomes) for (const n of outcomes.waiting) take(n, waiting);
  return shelves;
}

/** Only what became of changes, where nothing else came. */
export function applyOutcomes(
  store: Store,
  outcomes: Outcomes,
  device: string,
  now: number,
): Promise<void> {
  return store.write((step, memory) => {
    const ledger = new Ledger(memory.entries);
    const shelves = settle(ledger, outcomes, device, now);
    return conclude(store, step, memory, ledger, shelves);
  });
}

/** Writes what the ledger has come to, and memory with it. */
export async function conclude(
  store: Store,
  step: Step,
  memory: Memory,
  ledger: Ledger,
  shelves: Shelf[],
): Promise<Outcome> {
  await ledger.write(step);
  const after = await withEntries(store, memory, ledger.all(), shelves);
  if (shelves.length) await step.put(INDEX, indexOf(after.summaries));
  return { memory: after, shelves, result: undefined };
}

/** Of a refused change whose chart has gone, only when and why is left. */
export function noteIf(gone: boolean | undefined, entry: Entry): Entry {
  return gone ? { ...entry, change: null } : entry;
}

function accepted(entry: Entry, { seq, at }: Accepted, now: number): Entry {
  const { covered, ...rest } = entry;
  const after: Entry = { ...rest, state: isCovered(entry) ? 'kept' : 'laid', seq, answered: now };
  if (entry.seq !== undefined && entry.seq !== seq) after.had = seqsOf(entry);
  if (at !== undefined) after.corrected = at;
  return after;
}

function refused(entry: Entry, refusal: NonNullable<Entry['refusal']>, now: number): Entry {
  const { covered, ...rest } = entry;
  return noteIf(entry.unshown, { ...rest, state: 'refused', refusal, answered: now });
}

function waiting(entry: Entry): Entry {
  return { ...entry, state: 'waiting', ...(isCovered(entry) ? { covered: true } : {}) };
}

/** The copy that is here has it. */
function isCovered({ state, covered }: Entry): boolean {
  return state === 'kept' || covered === true;
}
