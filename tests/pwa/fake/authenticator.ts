/** A made-up authenticator: passkeys in memory, each of which gives the same 32 bytes for ever. */
import type { Authenticator, Given, Made } from '../../../pwa/src/state/authenticator';
import type { Declined } from '../../../pwa/src/state/types';
import { showPasskey } from '../../../pwa/src/store/keys';

export class FakeAuthenticator implements Authenticator {
  /** Secrets by credential. */
  readonly passkeys = new Map<string, Uint8Array<ArrayBuffer>>();
  /** When its passkeys give something to seal with; most do only when they are asked after they were made. */
  seals: 'at_once' | 'when_asked' | 'never' = 'when_asked';
  /** What it answers next instead, in order. */
  readonly declines: (Declined | 'passkey_exists' | null)[] = [];
  /** The credential that the person picks where several will do. */
  picks: string | null = null;
  /** What was asked of it. */
  readonly asked: ('make' | 'give' | 'show')[] = [];

  async make(): Promise<Made | 'passkey_exists' | Declined> {
    this.asked.push('make');
    const declined = this.declines.shift();
    if (declined) return declined;
    const id = crypto.randomUUID();
    this.passkeys.set(id, crypto.getRandomValues(new Uint8Array(32)));
    const shown = this.seals === 'at_once' ? await this.#shown(id) : null;
    return { credential: credentialOf(id), id, shown, never: this.seals === 'never' };
  }

  async give(): Promise<Given | Declined> {
    this.asked.push('give');
    return this.#give([...this.passkeys.keys()]);
  }

  async show(credentials: readonly string[]): Promise<Given | Declined> {
    this.asked.push('show');
    return this.#give(credentials.filter((id) => this.passkeys.has(id)));
  }

  async #give(ids: string[]): Promise<Given | Declined> {
    const declined = this.declines.shift();
    if (declined === 'cancelled' || declined === 'unsupported') return declined;
    const id = ids.find((one) => one === this.picks) ?? ids.at(-1);
    if (!id) return 'cancelled';
    return { credential: credentialOf(id), id, shown: await this.#shown(id) };
  }

  async #shown(id: string) {
    if (this.seals === 'never') return null;
    return showPasskey(id, this.passkeys.get(id)!.slice().buffer);
  }
}

function credentialOf(id: string): object {
  return { id, rawId: id, type: 'public-key', response: {}, clientExtensionResults: {} };
}
