/**
 * The bytes of `file` values, sealed, by patient and SHA-256. The record travels apart from them: a value whose bytes
 * have not come yet is "not here yet".
 */
import { Unreadable } from './seal';
import type { Store } from './store';
import type { FileValue } from './types';

const placeOf = (patient: string, sha256: string) => `file/${patient}/${sha256}`;

/** All files of a chart. */
export const filesOf = (patient: string) => `file/${patient}/`;

/** Keeps the bytes and resolves to the value that names them. The same bytes are kept once. */
export async function putFile(
  store: Store,
  patient: string,
  bytes: Blob,
  name?: string,
): Promise<FileValue> {
  const content = new Uint8Array(await bytes.arrayBuffer());
  const sha256 = toHex(await crypto.subtle.digest('SHA-256', content));
  const place = placeOf(patient, sha256);
  await store.keep(async (step) => {
    step.putSealed(place, await step.seal.sealBytes(place, content));
  });
  const value = { sha256, media_type: bytes.type, size: content.byteLength };
  return name ? { ...value, name } : value;
}

/** The bytes; null while they are not here yet, or not readable. */
export async function getFile(
  store: Store,
  patient: string,
  value: FileValue,
): Promise<Blob | null> {
  const place = placeOf(patient, value.sha256);
  const sealed = await store.db.get('sealed', place);
  if (!sealed) return null;
  try {
    return new Blob([await store.seal.unsealBytes(place, sealed)], { type: value.media_type });
  } catch (error) {
    if (error instanceof Unreadable) return null;
    throw error;
  }
}

function toHex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
