/**
 * Not accepted: what a person does with a change that the server refused (protocol.md, "Creation and locks").
 * Nothing typed is thrown away but by them.
 */
import { shelfOf } from './charts';
import { enter } from './entry';
import { seenOf, type Entry } from './journal';
import { Ledger } from './ledger';
import { withEntries } from './memory';
import type { Store } from './store';
import type { Edit } from './types';

/**
 * Sends a refused change anew under a new number, as it was or as `mended`, and after it those that were refused for
 * want of it, in their order. False where it is gone.
 */
export function sendAgain(
  store: Store,
  id: string,
  mended: Edit | undefined,
  now: number,
): Promise<boolean> {
  return store.write(async (step, memory) => {
    const first = memory.entries.find((entry) => isNamed(entry, id));
    if (!first?.change) return { memory, shelves: [], result: false };
    const again = [first, ...memory.entries.filter((entry) => isRefusedWith(first, entry))];
    const ledger = new Ledger(memory.entries);
    const { device, sent } = memory.numbering;
    let { next } = memory.numbering;
    // It keeps its own time, but what waits to be sent before it must not be dated back to that.
    const times = ledger.pending().map((entry) => entry.change!.at);
    let earliest = Math.min(now, Math.max(0, ...times));
    for (const entry of again) {
      ledger.drop(entry);
      const changed = entry === first && mended ? enter(mended) : null;
      const edit = changed ? { ...changed, at: now } : entry.change!;
      earliest = Math.max(earliest, edit.at);
      const seen = seenOf(edit.seen, edit.record, ledger.all());
      const change = { ...edit, seen, n: next, at: earliest };
      const { patient, made, takeBack } = entry;
      const since = takeBack ? { takeBack } : {};
      ledger.put({ device, n: next, state: 'pending', patient, change, made, ...since });
      next += 1;
    }
    await ledger.write(step);
    const numbering = { device, next, sent };
    step.plain('numbering', numbering);
    const shelves = again.map((entry) => shelfOf(entry.change!));
    const after = await withEntries(store, memory, ledger.all(), shelves);
    return { memory: { ...after, numbering }, shelves, result: true };
  });
}

/** Lets go of a refused change. Its author decides that; the server keeps what it refused. */
export function letGo(store: Store, id: string): Promise<void> {
  return store.write(async (step, memory) => {
    const gone = memory.entries.find((entry) => isNamed(entry, id));
    if (gone) step.eraseEntry(gone.device, gone.n);
    const entries = memory.entries.filter((entry) => entry !== gone);
    return { memory: { ...memory, entries }, shelves: [], result: undefined };
  });
}

/** Lets go of an entry that cannot be read, at its author's word. */
export function letGoUnreadable(store: Store, id: string): Promise<void> {
  return store.write(async (step, memory) => {
    const isIt = ({ device, n }: { device: string; n: number }) => `${device}/${n}` === id;
    for (const { device, n } of memory.unreadable.filter(isIt)) step.eraseEntry(device, n);
    const unreadable = memory.unreadable.filter((row) => !isIt(row));
    return { memory: { ...memory, unreadable }, shelves: [], result: undefined };
  });
}

function isNamed({ state, device, n }: Entry, id: string): boolean {
  return state === 'refused' && `${device}/${n}` === id;
}

/** Later ones of the record, or of the whole chart where its patient was refused, that had no fault of their own. */
function isRefusedWith(first: Entry, entry: Entry): boolean {
  if (entry === first || entry.state !== 'refused' || !entry.change || !first.change) return false;
  const { record, patient } = first.change;
  const belongs =
    entry.change.record === record || (record === patient && entry.patient === patient);
  const faultless = ['unknown_record', 'not_yours'].includes(entry.refusal?.code ?? '');
  return belongs && faultless && entry.n > first.n;
}
