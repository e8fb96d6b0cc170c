/**
 * Where the key of a store comes from: made at random on this phone, kept by the browser in a form that no script can
 * read out. It guards against a copied profile being read with a text editor, not against the person holding the
 * unlocked phone; who may unlock is decided here and nowhere else.
 */
import { quiet, type Database, type Writing } from './database';

const KEY = 'store';

/** A key for a new store; `putKey` keeps it. */
export function makeKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}

/** Part of the transaction that makes the store, so that neither is ever without the other. */
export function putKey(writing: Writing, key: CryptoKey): void {
  quiet(writing.objectStore('keys').put(key, KEY));
}

/** The key of this store; null where it has none, as after an erasure that was cut short. */
export async function findKey(db: Database): Promise<CryptoKey | null> {
  return (await db.get('keys', KEY)) ?? null;
}
