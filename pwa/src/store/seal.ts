/**
 * The one seal and the one unseal through which everything of a patient passes on its way to and from the disk:
 * AES-GCM, 256 bits, a random nonce of 96 bits, and the place it is kept in as associated data, so that one sealed
 * blob cannot be put in another's place.
 *
 *   | nonce, 12 bytes | ciphertext and tag |
 */
const NONCE = 12;

/** The store is locked: no key is in memory. */
export class Locked extends Error {
  override name = 'Locked';
}

/** A blob that this key did not seal for this place, or that was damaged. */
export class Unreadable extends Error {
  override name = 'Unreadable';
}

export class Seal {
  #key: CryptoKey | null = null;

  get isLocked(): boolean {
    return this.#key === null;
  }

  unlock(key: CryptoKey): void {
    this.#key = key;
  }

  /** Forgets the key. What is sealed can be counted, never read. */
  lock(): void {
    this.#key = null;
  }

  async seal(place: string, value: unknown): Promise<ArrayBuffer> {
    return this.sealBytes(place, new TextEncoder().encode(JSON.stringify(value)));
  }

  async unseal<T>(place: string, sealed: ArrayBuffer): Promise<T> {
    return JSON.parse(new TextDecoder().decode(await this.unsealBytes(place, sealed))) as T;
  }

  async sealBytes(place: string, bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE));
    const text = await crypto.subtle.encrypt(parameters(place, nonce), this.#require(), bytes);
    const sealed = new Uint8Array(NONCE + text.byteLength);
    sealed.set(nonce);
    sealed.set(new Uint8Array(text), NONCE);
    return sealed.buffer;
  }

  async unsealBytes(place: string, sealed: ArrayBuffer): Promise<ArrayBuffer> {
    const key = this.#require();
    const nonce = new Uint8Array(sealed, 0, Math.min(NONCE, sealed.byteLength));
    const text = new Uint8Array(sealed, nonce.byteLength);
    try {
      return await crypto.subtle.decrypt(parameters(place, nonce), key, text);
    } catch (cause) {
      throw new Unreadable(place.split('/', 1)[0], { cause });
    }
  }

  #require(): CryptoKey {
    if (!this.#key) throw new Locked();
    return this.#key;
  }
}

function parameters(place: string, iv: Uint8Array<ArrayBuffer>): AesGcmParams {
  return { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(place) };
}
