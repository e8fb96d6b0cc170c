import { createDecipheriv, hkdfSync, pbkdf2Sync } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  foldPassphrase,
  makeKey,
  showPasskey,
  unwrapKey,
  wrapKey,
  type Wrap,
} from '../../../pwa/src/store/keys';
import { passkey } from '../keys';

const WORDS = 'ladder orbit canyon velvet pencil';
const passphrase = (text: string) => ({ way: 'passphrase', text }) as const;

const raw = async (key: CryptoKey) => Buffer.from(await crypto.subtle.exportKey('raw', key));

/** What was sealed, opened by another library under the key that the formula gives. */
function opened(wrap: Wrap, key: Buffer, place: string): Buffer {
  const sealed = Buffer.from(wrap.wrapped);
  const gcm = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12));
  gcm.setAAD(Buffer.from(place));
  gcm.setAuthTag(sealed.subarray(-16));
  return Buffer.concat([gcm.update(sealed.subarray(12, -16)), gcm.final()]);
}

test('a passkey opens what it sealed, and another opens nothing', async () => {
  const key = await makeKey();
  const wrap = await wrapKey('m', key, await passkey('one'));
  expect(await raw((await unwrapKey('m', wrap, await passkey('one')))!)).toEqual(await raw(key));
  expect(await unwrapKey('m', wrap, await passkey('two'))).toBeNull();
  expect(await unwrapKey('m', wrap, passphrase(WORDS))).toBeNull();
});

test('a passkey of the same name that gives something else opens nothing', async () => {
  const wrap = await wrapKey('m', await makeKey(), await passkey('one'));
  const other = await showPasskey('one', new Uint8Array(32).fill(7).buffer);
  expect(await unwrapKey('m', wrap, other)).toBeNull();
});

test('a passkey’s key is HKDF-SHA256 of what it gives, bound to the member and the credential', async () => {
  const key = await makeKey();
  const given = new Uint8Array(32).fill(5);
  const wrap = await wrapKey('m', key, await showPasskey('one', given.slice().buffer));
  const place = 'key/m/one';
  const way = Buffer.from(hkdfSync('sha256', given, wrap.salt, place, 32));
  expect(opened(wrap, way, place)).toEqual(await raw(key));
  expect(() => opened(wrap, way, 'key/n/one')).toThrow();
});

test('a passphrase’s key is PBKDF2-SHA256 of at least 600,000 rounds', async () => {
  const key = await makeKey();
  const wrap = await wrapKey('m', key, passphrase(WORDS));
  if (wrap.way !== 'passphrase') throw new Error(wrap.way);
  expect(wrap.rounds).toBeGreaterThanOrEqual(600_000);
  const way = pbkdf2Sync(WORDS, wrap.salt, wrap.rounds, 32, 'sha256');
  expect(opened(wrap, way, 'key/m/passphrase')).toEqual(await raw(key));
});

test('a passphrase opens however it is typed, and a mistyped one does not', async () => {
  const wrap = await wrapKey('m', await makeKey(), passphrase('ábaco orbit cañón velvet pencil'));
  expect(
    await unwrapKey('m', wrap, passphrase(' Abaco  orbit canon Velvet pencil')),
  ).not.toBeNull();
  expect(await unwrapKey('m', wrap, passphrase('abaco orbit canon velvet pencils'))).toBeNull();
});

test('no two seals of a key share a salt or a nonce', async () => {
  const key = await makeKey();
  const shown = await passkey();
  const wraps = await Promise.all(Array.from({ length: 20 }, () => wrapKey('m', key, shown)));
  const salts = wraps.map(({ salt }) => Buffer.from(salt).toString('hex'));
  const nonces = wraps.map(({ wrapped }) => Buffer.from(wrapped, 0, 12).toString('hex'));
  expect([new Set(salts).size, new Set(nonces).size]).toEqual([20, 20]);
});

test('a seal of another store, or a damaged one, opens nothing', async () => {
  const shown = await passkey();
  const wrap = await wrapKey('m', await makeKey(), shown);
  expect(await unwrapKey('n', wrap, shown)).toBeNull();
  new Uint8Array(wrap.wrapped)[20]! ^= 1;
  expect(await unwrapKey('m', wrap, shown)).toBeNull();
  expect(await unwrapKey('m', { ...wrap, wrapped: new ArrayBuffer(3) }, shown)).toBeNull();
});

test('what a passkey gave is blanked once it is taken over, and cannot be read out', async () => {
  const given = new Uint8Array(32).fill(5);
  const shown = await showPasskey('one', given.buffer);
  expect(given.every((byte) => byte === 0)).toBe(true);
  expect(shown.way === 'prf' && shown.output.extractable).toBe(false);
});

test('folding brings case, accents and spaces to one form', () => {
  expect(foldPassphrase('  Cañón\u00a0 ÁRBOL\tx ')).toBe('canon arbol x');
});
