/**
 * Passkeys, as the browser makes and shows them. The PRF extension, of which the server knows nothing, is added here,
 * and its result taken out before anything is handed on to be posted.
 */
import {
  browserSupportsWebAuthn,
  startAuthentication,
  startRegistration,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser';
import { toBase64url } from '../store/base64url';
import { PRF_INPUT, showPasskey, type Shown } from '../store/keys';
import type { Declined } from './types';

/** A passkey that was just made: `credential` is what the server is sent. */
export interface Made {
  credential: object;
  id: string;
  /** Null where it gave nothing to seal with when it was made. */
  shown: Shown | null;
  /** It said for certain that it never will. */
  never: boolean;
}

/** A passkey that was shown, and what it gave to open a store with, if anything. */
export interface Given {
  credential: object;
  id: string;
  shown: Shown | null;
}

/** What the app wants of an authenticator; `options` are the server's, as they came. */
export interface Authenticator {
  make(options: object): Promise<Made | 'passkey_exists' | Declined>;
  give(options: object): Promise<Given | Declined>;
  /** Asks for one of these credentials, or for any, with a challenge of our own: no server is needed. */
  show(credentials: readonly string[]): Promise<Given | Declined>;
}

/** An extension that TypeScript does not know. */
interface PrfOutputs {
  prf?: { enabled?: boolean; results?: { first?: ArrayBuffer } };
}

const extensions = () => ({ prf: { eval: { first: new TextEncoder().encode(PRF_INPUT) } } });

export class BrowserAuthenticator implements Authenticator {
  async make(options: object): Promise<Made | 'passkey_exists' | Declined> {
    if (!browserSupportsWebAuthn()) return 'unsupported';
    const optionsJSON = { ...options, extensions: extensions() };
    try {
      const made = await startRegistration({
        optionsJSON: optionsJSON as unknown as PublicKeyCredentialCreationOptionsJSON,
      });
      const { credential, prf } = takeOut(made);
      const shown = await shownBy(made.id, prf);
      return { credential, id: made.id, shown, never: prf?.enabled === false };
    } catch (error) {
      return nameOf(error) === 'InvalidStateError' ? 'passkey_exists' : declined(error);
    }
  }

  async give(options: object): Promise<Given | Declined> {
    if (!browserSupportsWebAuthn()) return 'unsupported';
    const optionsJSON = { ...options, extensions: extensions() };
    try {
      const given = await startAuthentication({
        optionsJSON: optionsJSON as unknown as PublicKeyCredentialRequestOptionsJSON,
      });
      const { credential, prf } = takeOut(given);
      return { credential, id: given.id, shown: await shownBy(given.id, prf) };
    } catch (error) {
      return declined(error);
    }
  }

  show(credentials: readonly string[]): Promise<Given | Declined> {
    const challenge = toBase64url(crypto.getRandomValues(new Uint8Array(32)).buffer);
    const allowCredentials = credentials.map((id) => ({ id, type: 'public-key' }));
    return this.give({ challenge, allowCredentials, userVerification: 'required' });
  }
}

/** Parts what the server may see from what it must not. */
function takeOut<T extends { clientExtensionResults: object }>(
  answer: T,
): { credential: object; prf: PrfOutputs['prf'] } {
  const { prf, ...others } = answer.clientExtensionResults as PrfOutputs;
  return { credential: { ...answer, clientExtensionResults: others }, prf };
}

async function shownBy(id: string, prf: PrfOutputs['prf']): Promise<Shown | null> {
  const first = prf?.results?.first;
  return first ? showPasskey(id, first) : null;
}

/** Browsers say the same of a person who said no, of time that ran out and of no passkey being there. */
function declined(error: unknown): Declined {
  const said = ['NotAllowedError', 'AbortError'];
  if (said.includes(nameOf(error))) return 'cancelled';
  console.error(error);
  return 'unsupported';
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}
