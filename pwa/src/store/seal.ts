/**
 * The one seal and the one unseal through which everything of a patient passes on its way to and from the disk:
 * AES-GCM, 256 bits, a random nonce of 96 bits, and the place it is kept in as associated data, so that one sealed
 * blob cannot be put in another's place.
 *
 *   | nonce, 12 bytes | ciphertext and tag |
 *
 * Two seals of one key under one nonce would give away both texts and the key's authentication. Random nonces of 96
 * bits collide with a chance below 2^-32 as long as a key makes no more than 2^32 seals (NIST SP 800-38D, 8.3): so they
 * are counted, and beyond that the key seals nothing more. A phone that sealed once a second, day and night, would get
 * there in 136 years; no counter could be trusted to do better, since a disk can be copied and put back.
 */
const NONCE = 12;

/** Seals that one key may make. */
export const MOST_SEALS = 2 ** 32;

/** The store is locked: no key is in memory. */
export class Locked extends Error {
  override name = 'Locked';
}

/** A blob that this key did not seal for this place, or that was damaged. */
export class Unreadable extends Error {
  override name = 'Unreadable';
}

/** The key has made as many seals as it may. What it sealed can be read, and sent. */
export class WornOut extends Error {
  override name = 'WornOut';
}

export class Seal {
  #key: CryptoKey | null = null;
  #made = 0;

  get isLocked(): boolean {
    return this.#key === null;
  }

  /** `made`: the seals of this key so far. */
  unlock(key: CryptoKey, made = 0): void {
    this.#key = key;
    this.#made = made;
  }

  /** Forgets the key. What is sealed can be counted, never read. */
  lock(): void {
    this.#key = null;
  }

  /** Hands out the key to seal it for another way that opens it (keys.ts, escrow.ts). */
  lend<T>(use: (key: CryptoKey) => T): T {
    return use(this.#require());
  }

  async seal(place: string, value: unknown): Promise<ArrayBuffer> {
    return this.sealBytes(place, new TextEncoder().encode(JSON.stringify(value)));
  }

  async unseal<T>(place: string, sealed: ArrayBuffer): Promise<T> {
    const text = new TextDecoder().decode(await this.unsealBytes(place, sealed));
    try {
      return JSON.parse(text) as T;
    } catch (cause) {
      throw unreadable(place, cause);
    }
  }

  async sealBytes(place: string, bytes: BufferSource): Promise<ArrayBuffer> {
    const key = this.#require();
    if (this.#made >= MOST_SEALS) throw new WornOut();
    this.#made += 1;
    const nonce = crypto.getRandomValues(new Uint8Array(NONCE));
    const text = await crypto.subtle.encrypt(parameters(place, nonce), key, bytes);
    return joined(nonce, text);
  }

  async unsealBytes(place: string, sealed: ArrayBuffer): Promise<ArrayBuffer> {
    const key = this.#require();
    try {
      const [nonce, text] = parted(sealed);
      return await crypto.subtle.decrypt(parameters(place, nonce), key, text);
    } catch (cause) {
      throw unreadable(place, cause);
    }
  }

  #require(): CryptoKey {
    if (!this.#key) throw new Locked();
    return this.#key;
  }
}

/** The place goes in as associated data. */
export function parameters(place: string, iv: Uint8Array<ArrayBuffer>): AesGcmParams {
  return { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(place) };
}

/** A nonce and what was sealed under it, as they are kept. */
export function joined(nonce: Uint8Array, text: ArrayBuffer): ArrayBuffer {
  const sealed = new Uint8Array(nonce.byteLength + text.byteLength);
  sealed.set(nonce);
  sealed.set(new Uint8Array(text), nonce.byteLength);
  return sealed.buffer;
}

export function parted(sealed: ArrayBuffer): [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>] {
  const nonce = new Uint8Array(sealed, 0, Math.min(NONCE, sealed.byteLength));
  return [nonce, new Uint8Array(sealed, nonce.byteLength)];
}

/** Says what kind of place it was, and never whose. */
function unreadable(place: string, cause: unknown): Unreadable {
  return new Unreadable(place.split('/', 1)[0], { cause });
}
