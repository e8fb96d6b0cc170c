/**
 * The copy of the store's key that only the server's own key opens: given back to the same member after a recovery that
 * somebody approved, so that work not yet sent survives a lost passkey.
 *
 *   | ephemeral P-256 key, 65 bytes | nonce, 12 bytes | AES-GCM(key of the store), the device's id as associated data |
 *
 * The key it is sealed under comes from ECDH of the two P-256 keys by HKDF-SHA256.
 */
import { fromBase64url, toBase64url } from './base64url';
import { joined, parameters } from './seal';

const CURVE = { name: 'ECDH', namedCurve: 'P-256' };
const INFO = 'doorstep escrow v1';

/** `key` is the store's; `server` the server's public key as /api/me says it. */
export async function sealForEscrow(
  key: CryptoKey,
  server: string,
  device: string,
): Promise<string> {
  const theirs = await crypto.subtle.importKey('raw', fromBase64url(server), CURVE, false, []);
  const ours = await crypto.subtle.generateKey(CURVE, false, ['deriveBits']);
  const agreed = { name: 'ECDH', public: theirs };
  const shared = await crypto.subtle.deriveBits(agreed, ours.privateKey, 256);
  const base = await crypto.subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey']);
  const way = await crypto.subtle.deriveKey(
    {
      name: 'HKDF',
      hash: 'SHA-256',
      salt: new Uint8Array(32),
      info: new TextEncoder().encode(INFO),
    },
    base,
    { name: 'AES-GCM', length: 256 },
    false,
    ['wrapKey'],
  );
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const text = await crypto.subtle.wrapKey('raw', key, way, parameters(device, nonce));
  const ephemeral = new Uint8Array(await crypto.subtle.exportKey('raw', ours.publicKey));
  return toBase64url(joined(ephemeral, joined(nonce, text)));
}
