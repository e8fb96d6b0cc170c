/** The charts and kinds of the library that screens have asked for, kept as the store has them. */
import { chartOf, type Shelf } from '../store/charts';
import { Locked } from '../store/seal';
import type { Store } from '../store/store';
import { Chart, Records } from './chart.svelte';

export class Shelves {
  readonly #open = new Map<Shelf, Records>();
  readonly #turns = new Map<Shelf, number>();
  #store: Store | null = null;

  /** `opened` is called when a chart that this phone holds comes before somebody's eyes. */
  constructor(private readonly opened: (patient: string) => void) {}

  chart(patient: string): Chart {
    return this.#find(chartOf(patient), () => new Chart(patient)) as Chart;
  }

  library(kind: string): Records {
    return this.#find(`library/${kind}`, () => new Records());
  }

  /** From here on the records are those of `store`, which is open. */
  follow(store: Store): void {
    this.#store = store;
    for (const shelf of this.#open.keys()) void this.#load(shelf);
  }

  /** Shows anew what has changed. */
  refresh(shelves: Iterable<Shelf>): void {
    for (const shelf of shelves) if (this.#open.has(shelf)) void this.#load(shelf);
  }

  /** Forgets all records: the app is locked. */
  clear(): void {
    this.#store = null;
    for (const records of this.#open.values()) {
      records.show([]);
      if (records instanceof Chart) records.state = 'loading';
    }
    this.#open.clear();
    this.#turns.clear();
  }

  #find(shelf: Shelf, make: () => Records): Records {
    const known = this.#open.get(shelf);
    if (known) return known;
    const records = makeOutside(make);
    this.#open.set(shelf, records);
    // Not at once: a screen may ask while it derives, when no state may change.
    queueMicrotask(() => void this.#load(shelf));
    return records;
  }

  async #load(shelf: Shelf): Promise<void> {
    const records = this.#open.get(shelf);
    const store = this.#store;
    if (!records || !store) return;
    const turn = (this.#turns.get(shelf) ?? 0) + 1;
    this.#turns.set(shelf, turn);
    try {
      const shown = await store.show(shelf);
      if (this.#store !== store || this.#turns.get(shelf) !== turn) return;
      records.show(shown ?? []);
      if (records instanceof Chart)
        this.#tell(records, shown !== null, store.memory.damaged.has(shelf));
    } catch (error) {
      if (!(error instanceof Locked)) throw error;
    }
  }

  #tell(chart: Chart, isHeld: boolean, isDamaged: boolean): void {
    const before = chart.state;
    if (isDamaged) chart.state = 'unreadable';
    else chart.state = isHeld ? 'open' : 'absent';
    if (chart.state === 'open' && before !== 'open') this.opened(chart.id);
  }
}

/** State made inside a derivation is not followed by that derivation; made in a root of its own, it is. */
function makeOutside(make: () => Records): Records {
  let records: Records | undefined;
  $effect.root(() => {
    records = make();
  });
  return records!;
}
