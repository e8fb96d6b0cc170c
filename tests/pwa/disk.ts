/** A disk that fails: writes are refused from the nth on, as when it is full or the app is killed. */
import { IDBObjectStore } from 'fake-indexeddb';

type Write = (this: IDBObjectStore, ...args: unknown[]) => IDBRequest;

const WRITES = ['put', 'delete', 'clear'] as const;

/** Counts writes; the `nth` and those after it abort their transaction with `error`. */
export function refuseWrites(
  nth: number,
  error: DOMException,
): { count: () => number; end: () => void } {
  const prototype = IDBObjectStore.prototype as unknown as Record<string, Write>;
  const kept = Object.fromEntries(WRITES.map((name) => [name, prototype[name]!]));
  let count = 0;
  for (const name of WRITES)
    prototype[name] = function (...args) {
      count += 1;
      const request = kept[name]!.apply(this, args);
      if (count >= nth) fail(this.transaction as unknown as Aborts, error);
      return request;
    };
  return { count: () => count, end: () => Object.assign(prototype, kept) };
}

interface Aborts {
  error: DOMException | null;
  abort(): void;
}

/** As a browser does it: after the requests were made, with the reason as the transaction's error. */
function fail(transaction: Aborts, error: DOMException): void {
  if (transaction.error) return;
  Object.defineProperty(transaction, 'error', {
    get: () => error,
    set: () => {},
    configurable: true,
  });
  queueMicrotask(() => transaction.abort());
}
