/**
 * A step of the store: whatever belongs together, sealed first and then written in one transaction. Between two steps
 * the app can be killed at any line; what is on the disk is then the one or the other, whole.
 */
import { putPlain, quiet, writeDurably, type Database, type Plain, type Writing } from './database';
import { sealEntry, type Entry, type Row } from './journal';
import type { Seal } from './seal';

type Act = Parameters<typeof writeDurably>[1];

export class Step {
  readonly #acts: Act[] = [];
  #seals = 0;

  constructor(readonly seal: Seal) {}

  async put(place: string, value: unknown): Promise<void> {
    this.putSealed(place, await this.seal.seal(place, value));
  }

  putSealed(place: string, sealed: ArrayBuffer): void {
    this.#seals += 1;
    this.#acts.push((writing) => quiet(writing.objectStore('sealed').put(sealed, place)));
  }

  erase(place: string): void {
    this.#acts.push((writing) => quiet(writing.objectStore('sealed').delete(place)));
  }

  /** Erases every place that begins with `prefix`. */
  eraseUnder(prefix: string): void {
    this.#acts.push((writing) => quiet(writing.objectStore('sealed').delete(rangeUnder(prefix))));
  }

  async putEntry(entry: Entry): Promise<void> {
    this.#seals += 1;
    this.putRow(await sealEntry(this.seal, entry));
  }

  /** An entry as it lies on the disk, whatever is in it. */
  putRow(row: Row): void {
    this.#acts.push((writing) => quiet(writing.objectStore('journal').put(row)));
  }

  eraseEntry(device: string, n: number): void {
    this.#acts.push((writing) => quiet(writing.objectStore('journal').delete([device, n])));
  }

  plain<K extends keyof Plain>(name: K, value: Plain[K]): void {
    this.#acts.push((writing) => putPlain(writing, name, value));
  }

  get isEmpty(): boolean {
    return this.#acts.length === 0;
  }

  commit(db: Database): Promise<void> {
    return writeDurably(db, (writing) => {
      this.#acts.forEach((act) => act(writing));
      if (this.#seals) quiet(countSeals(writing, this.#seals));
    });
  }
}

/** Adds to how many seals of the key have reached the disk (seal.ts), whichever tab made them. */
async function countSeals(writing: Writing, made: number): Promise<void> {
  const before = (await writing.objectStore('plain').get('seals')) as number | undefined;
  putPlain(writing, 'seals', (before ?? 0) + made);
}

export function rangeUnder(prefix: string): IDBKeyRange {
  return IDBKeyRange.bound(prefix, prefix + '\uffff');
}
