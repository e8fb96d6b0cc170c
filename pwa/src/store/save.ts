/** Keeps edits: each becomes a pending change with its dot, durably, before `save` resolves. */
import { shelfOf } from './charts';
import { enter } from './entry';
import { madeAt, seenOf } from './journal';
import { Ledger } from './ledger';
import { withEntries } from './memory';
import type { Store } from './store';
import type { Edit } from './types';

/**
 * All edits or none, in their order; those that say nothing are left out. `now` is the phone's clock. Resolves to the
 * numbers of the changes. A number is taken in the transaction that keeps its change: it is never given twice.
 */
export async function save(store: Store, edits: readonly Edit[], now: number): Promise<number[]> {
  const entered = edits.flatMap((edit) => enter(edit) ?? []);
  if (entered.length === 0) return [];
  return store.write(async (step, memory) => {
    const { device, next, sent } = memory.numbering;
    const made = madeAt(memory.progress);
    const ledger = new Ledger(memory.entries);
    const changes = entered.map((edit, nth) => {
      const seen = seenOf(edit.seen, edit.record, ledger.all());
      const change = { ...edit, seen, n: next + nth, at: now };
      ledger.put({ device, n: change.n, state: 'pending', patient: edit.patient, change, made });
      return change;
    });
    await ledger.write(step);
    const numbering = { device, next: next + changes.length, sent };
    step.plain('numbering', numbering);
    const shelves = changes.map(shelfOf);
    const after = await withEntries(store, memory, ledger.all(), shelves);
    return { memory: { ...after, numbering }, shelves, result: changes.map(({ n }) => n) };
  });
}
