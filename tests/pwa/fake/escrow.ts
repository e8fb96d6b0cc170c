/** The server's side of the escrow, by the same rules written anew: what a phone seals it must be able to open. */
import { fromBase64url, toBase64url } from '../../../pwa/src/store/base64url';

const CURVE = { name: 'ECDH', namedCurve: 'P-256' };

export class FakeEscrow {
  /** Sealed copies by device. */
  readonly copies = new Map<string, string>();
  readonly #pair = crypto.subtle.generateKey(CURVE, true, ['deriveBits']);

  async publicKey(): Promise<string> {
    return toBase64url(await crypto.subtle.exportKey('raw', (await this.#pair).publicKey));
  }

  /** The key of a device's store, base64url; null where there is no copy. */
  async open(device: string): Promise<string | null> {
    const copy = this.copies.get(device);
    if (!copy) return null;
    const sealed = fromBase64url(copy);
    const [theirs, nonce, text] = [sealed.slice(0, 65), sealed.slice(65, 77), sealed.slice(77)];
    const point = await crypto.subtle.importKey('raw', theirs, CURVE, false, []);
    const { privateKey } = await this.#pair;
    const shared = await crypto.subtle.deriveBits({ name: 'ECDH', public: point }, privateKey, 256);
    const base = await crypto.subtle.importKey('raw', shared, 'HKDF', false, ['deriveBits']);
    const said = (one: string) => new TextEncoder().encode(one);
    const info = said('doorstep escrow v1');
    const from = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(32), info };
    const bits = await crypto.subtle.deriveBits(from, base, 256);
    const key = await crypto.subtle.importKey('raw', bits, 'AES-GCM', false, ['decrypt']);
    const gcm = { name: 'AES-GCM', iv: nonce, additionalData: said(device) };
    return toBase64url(await crypto.subtle.decrypt(gcm, key, text));
  }
}
