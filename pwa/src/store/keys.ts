/**
 * Where the key of a store comes from: made at random on this phone, kept by the browser in a form that no script can
 * read out. It guards against a copied profile being read with a text editor, not against the person holding the
 * unlocked phone; who may unlock is decided here and nowhere else.
 */
import type { Database } from './database';

const KEY = 'store';

/** The key of a new store. It is kept once `keep` is written. */
export function makeKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}

export async function keepKey(db: Database, key: CryptoKey): Promise<void> {
  const writing = db.transaction('keys', 'readwrite', { durability: 'strict' });
  await writing.store.put(key, KEY);
  await writing.done;
}

/** The key of this store; null where it has none, as after an erasure that was cut short. */
export async function findKey(db: Database): Promise<CryptoKey | null> {
  return (await db.get('keys', KEY)) ?? null;
}
