/** The escrow's copy of this store's key (store/escrow.ts): kept up to date, and asked back after a recovery. */
import { fromBase64url } from '../store/base64url';
import { putPlain, readPlain, writeDurably } from '../store/database';
import { sealForEscrow } from '../store/escrow';
import { importKey } from '../store/keys';
import type { Store } from '../store/store';
import type { Client, Reply } from './client';
import { isObject } from './wire';

/** Sends a copy where the server has none of this device for its present key. True once it has one, or wants none. */
export async function keepEscrow(store: Store, client: Client): Promise<boolean> {
  const { me, device, secret } = store.memory.account;
  const server = me.escrow_key;
  if (!server) return true;
  const has = await readPlain(store.db, 'escrow');
  if (has?.device === device && has.for === server) return true;
  const sealed = await store.seal.lend((key) => sealForEscrow(key, server, device));
  const path = `/api/devices/${device}/escrow`;
  const reply = await client.call(path, () => true, { body: { sealed }, secret });
  if (!('answer' in reply)) return false;
  await writeDurably(store.db, (writing) => putPlain(writing, 'escrow', { device, for: server }));
  return true;
}

/** The key of the store that was sealed with this device; the session must come of a recovery. */
export async function releaseEscrow(client: Client, device: string): Promise<Reply<CryptoKey>> {
  const path = `/api/devices/${device}/escrow/release`;
  const reply = await client.call(path, readKey, { body: {} });
  return 'answer' in reply ? { answer: await importKey(reply.answer) } : reply;
}

function readKey(body: unknown): Uint8Array<ArrayBuffer> | null {
  if (!isObject(body) || typeof body.key !== 'string') return null;
  try {
    const key = fromBase64url(body.key);
    return key.byteLength === 32 ? key : null;
  } catch {
    return null;
  }
}
