/**
 * A step of the store: whatever belongs together, sealed first and then written in one transaction. Between two steps
 * the app can be killed at any line; what is on the disk is then the one or the other, whole.
 */
import { putPlain, quiet, writeDurably, type Database, type Plain } from './database';
import { sealEntry, type Entry } from './journal';
import type { Seal } from './seal';

type Act = Parameters<typeof writeDurably>[1];

export class Step {
  readonly #acts: Act[] = [];

  constructor(readonly seal: Seal) {}

  async put(place: string, value: unknown): Promise<void> {
    this.putSealed(place, await this.seal.seal(place, value));
  }

  putSealed(place: string, sealed: ArrayBuffer): void {
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
    const row = await sealEntry(this.seal, entry);
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
    return writeDurably(db, (writing) => this.#acts.forEach((act) => act(writing)));
  }
}

export function rangeUnder(prefix: string): IDBKeyRange {
  return IDBKeyRange.bound(prefix, prefix + '\uffff');
}
