/** The open entries of the journal while a step changes them, and what of that the step must write. */
import { isOpen, type Entry } from './journal';
import type { Step } from './step';

const keyOf = ({ device, n }: Pick<Entry, 'device' | 'n'>) => `${device}/${n}`;

export class Ledger {
  readonly #entries: Map<string, Entry>;
  readonly #put = new Map<string, Entry>();
  readonly #dropped = new Map<string, Entry>();

  constructor(entries: Iterable<Entry>) {
    this.#entries = new Map([...entries].map((entry) => [keyOf(entry), entry]));
  }

  find(device: string, n: number): Entry | undefined {
    return this.#entries.get(keyOf({ device, n }));
  }

  all(): Entry[] {
    return [...this.#entries.values()];
  }

  /** Entries not yet answered, in order of n. */
  pending(): Entry[] {
    return this.all()
      .filter((entry) => entry.state === 'pending')
      .sort((one, other) => one.n - other.n);
  }

  put(entry: Entry): void {
    this.#put.set(keyOf(entry), entry);
    this.#dropped.delete(keyOf(entry));
    if (isOpen(entry)) this.#entries.set(keyOf(entry), entry);
    else this.#entries.delete(keyOf(entry));
  }

  drop(entry: Pick<Entry, 'device' | 'n'>): void {
    this.#dropped.set(keyOf(entry), entry as Entry);
    this.#put.delete(keyOf(entry));
    this.#entries.delete(keyOf(entry));
  }

  async write(step: Step): Promise<void> {
    for (const { device, n } of this.#dropped.values()) step.eraseEntry(device, n);
    await Promise.all([...this.#put.values()].map((entry) => step.putEntry(entry)));
  }
}
