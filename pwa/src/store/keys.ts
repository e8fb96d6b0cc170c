/**
 * Where the key of a store comes from: made at random on this phone and kept only sealed, once for each way that opens
 * it. A way is a passkey, by what its PRF extension gives for one fixed input, or a passphrase.
 *
 *   PRF output --HKDF-SHA256--.
 *                             +--> key of the way --AES-GCM--> | nonce | key of the store, sealed |
 *   passphrase --PBKDF2-------'                                  `key/MEMBER/ID` as associated data
 */
import { quiet, type Database, type Writing } from './database';
import { joined, parameters, parted } from './seal';

/** What every passkey is asked for. Another input would give another key: it never changes. */
export const PRF_INPUT = 'doorstep store v1';

/** Rounds for a new passphrase (OWASP, for PBKDF2-HMAC-SHA256). A sealed key keeps its own number. */
const ROUNDS = 600_000;
const SALT = 16;
const NONCE = 12;
const AES = { name: 'AES-GCM', length: 256 };

/** Of the version before: the key itself. */
const OPEN_KEY = 'store';

/** The key of the store, sealed for one way. */
export type Wrap =
  | { id: string; way: 'prf'; credential: string; salt: Bytes; wrapped: ArrayBuffer }
  | { id: 'passphrase'; way: 'passphrase'; salt: Bytes; rounds: number; wrapped: ArrayBuffer };

type Bytes = Uint8Array<ArrayBuffer>;

/** What a person has shown: a passkey's PRF output, which no script can read out again, or a passphrase. */
export type Shown =
  { way: 'prf'; credential: string; output: CryptoKey } | { way: 'passphrase'; text: string };

/**
 * A key for a new store. It may be exported, so that an open phone can seal it for one more way; script that could do
 * so in an open app could as well read all that the key opens.
 */
export function makeKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey(AES, true, ['encrypt', 'decrypt']);
}

/** A key that came back from the escrow. */
export function importKey(raw: BufferSource): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', raw, AES, true, ['encrypt', 'decrypt']);
}

/** Takes over the result of the PRF extension and blanks it. */
export async function showPasskey(credential: string, result: ArrayBuffer): Promise<Shown> {
  const output = await crypto.subtle.importKey('raw', result, 'HKDF', false, ['deriveKey']);
  new Uint8Array(result).fill(0);
  return { way: 'prf', credential, output };
}

export async function wrapKey(member: string, key: CryptoKey, shown: Shown): Promise<Wrap> {
  const salt = random(SALT);
  const nonce = random(NONCE);
  const id = shown.way === 'prf' ? shown.credential : shown.way;
  const place = placeOf(member, id);
  const way = await keyOf(shown, salt, ROUNDS, place);
  const text = await crypto.subtle.wrapKey('raw', key, way, parameters(place, nonce));
  const wrapped = joined(nonce, text);
  return shown.way === 'prf'
    ? { id, way: 'prf', credential: shown.credential, salt, wrapped }
    : { id: 'passphrase', way: 'passphrase', salt, rounds: ROUNDS, wrapped };
}

/** The key of the store; null where this does not open it, as another passphrase or a damaged seal. */
export async function unwrapKey(
  member: string,
  wrap: Wrap,
  shown: Shown,
): Promise<CryptoKey | null> {
  if (wrap.way !== shown.way) return null;
  if (wrap.way === 'prf' && shown.way === 'prf' && wrap.credential !== shown.credential)
    return null;
  const place = placeOf(member, wrap.id);
  const way = await keyOf(shown, wrap.salt, wrap.way === 'passphrase' ? wrap.rounds : 0, place);
  try {
    const [nonce, text] = parted(wrap.wrapped);
    const from = parameters(place, nonce);
    return await crypto.subtle.unwrapKey('raw', text, way, from, AES, true, ['encrypt', 'decrypt']);
  } catch {
    return null;
  }
}

/**
 * A passphrase as it is hashed: however it is typed, on whatever keyboard. Case, accents and the width of spaces carry
 * little against guessing, and cost a worker at a door a locked phone.
 */
export function foldPassphrase(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim();
}

/** Every way that opens this store. */
export async function listWraps(db: Database): Promise<Wrap[]> {
  return (await db.getAll('keys')).filter((one): one is Wrap => !(one instanceof CryptoKey));
}

/** The open key of a store of the version before; null where there is none. */
export async function findOpenKey(db: Database): Promise<CryptoKey | null> {
  const key = await db.get('keys', OPEN_KEY);
  return key instanceof CryptoKey ? key : null;
}

/** Part of the transaction that stands behind it, so that a store is never without a key. */
export function putWrap(writing: Writing, wrap: Wrap): void {
  quiet(writing.objectStore('keys').put(wrap, wrap.id));
}

const placeOf = (member: string, id: string) => `key/${member}/${id}`;

async function keyOf(shown: Shown, salt: Bytes, rounds: number, place: string): Promise<CryptoKey> {
  const hash = 'SHA-256';
  const to = ['wrapKey', 'unwrapKey'] as const;
  if (shown.way === 'prf') {
    const from = { name: 'HKDF', hash, salt, info: new TextEncoder().encode(place) };
    return crypto.subtle.deriveKey(from, shown.output, AES, false, to);
  }
  const typed = new TextEncoder().encode(foldPassphrase(shown.text));
  const base = await crypto.subtle.importKey('raw', typed, 'PBKDF2', false, ['deriveKey']);
  const from = { name: 'PBKDF2', hash, salt, iterations: rounds };
  return crypto.subtle.deriveKey(from, base, AES, false, to);
}

function random(bytes: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(bytes));
}
