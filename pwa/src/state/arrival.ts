/** Somebody arrives at this phone: by an invitation and a new passkey, or by a passkey they have. Needs the server. */
import type { Shown } from '../store/keys';
import type { Me, Trouble } from '../store/types';
import type { Client, NoAnswer } from '../sync/client';
import { askMe, readMe } from '../sync/enrol';
import { isObject } from '../sync/wire';
import type { Authenticator, Made } from './authenticator';
import type { Platform } from './platform';
import type { Declined, Invitation, Invited, JoinResult, SignInResult } from './types';

/** Who has just signed in. */
export interface Arrival {
  me: Me;
  /** The passkey they did it with, where it may give something to seal a store with. */
  credential: string | null;
  /** What it gave. */
  shown: Shown | null;
}

/** Set while somebody has signed in and nothing on this phone is open for them yet. */
const JOINING = 'doorstep.joining';
/** Options older than this are asked for anew: their challenge may have run out. */
const FRESH = 2 * 60_000;

export class Arrivals {
  /** What an invitation led to, in case what comes after it must be tried again: it works once. */
  #accepted: { token: string; arrival: Arrival } | null = null;
  #options: { token: string; options: object; at: number } | null = null;

  constructor(
    private readonly client: Client,
    private readonly platform: Platform,
  ) {}

  /** A sign-in was cut off before anything was open. */
  get isCutOff(): boolean {
    return this.platform.storage.getItem(JOINING) !== null;
  }

  end(): void {
    this.#accepted = null;
    this.platform.storage.removeItem(JOINING);
  }

  async invited(token: string): Promise<Invited> {
    this.#options = null;
    const body = { token };
    const reply = await this.client.call('/api/invitations/open', readInvitation, { body });
    if (!('answer' in reply)) return invitationFailure(reply);
    const { options, ...invitation } = reply.answer;
    this.#options = { token, options, at: this.platform.clock.now() };
    return invitation;
  }

  /** Uses the invitation up. In a demo it may be done without a passkey. */
  async accept(
    token: string,
    how: 'passkey' | 'demo',
  ): Promise<Arrival | Exclude<JoinResult, 'joined'>> {
    if (this.#accepted?.token === token) return this.#accepted.arrival;
    const made = how === 'passkey' ? await this.#make(token) : null;
    if (typeof made === 'string') return made;
    const { name } = this.platform;
    const body = made ? { token, credential: made.credential, name } : { token };
    const reply = await this.client.call('/api/invitations/accept', readMe, { body });
    if (!('answer' in reply)) return invitationFailure(reply);
    this.#begin();
    const shown = made && (await this.#sealing(made));
    const credential = made && !made.never ? made.id : null;
    const arrival = { me: reply.answer, credential, shown };
    this.#accepted = { token, arrival };
    return arrival;
  }

  /** By any passkey that the person picks: the server says whose it is. */
  async give(): Promise<Arrival | Exclude<SignInResult, 'signed_in'>> {
    const asked = await this.client.call('/api/sign-in/options', readOptions, { body: {} });
    if (!('answer' in asked)) return signInFailure(asked);
    const given = await this.#authenticator.give(asked.answer);
    if (typeof given === 'string') return given;
    const body = { credential: given.credential };
    const reply = await this.client.call('/api/sign-in', readMe, { body });
    if (!('answer' in reply)) return signInFailure(reply);
    this.#begin();
    return { me: reply.answer, credential: given.id, shown: given.shown };
  }

  /** Goes on with an arrival that was cut off; null where there is none to go on with. */
  async resume(): Promise<Arrival | null> {
    const reply = await askMe(this.client);
    if ('answer' in reply) return { me: reply.answer, credential: null, shown: null };
    if (reply.trouble !== 'offline') this.end();
    return null;
  }

  get #authenticator(): Authenticator {
    return this.platform.authenticator;
  }

  #begin(): void {
    this.platform.storage.setItem(JOINING, 'yes');
  }

  async #make(
    token: string,
  ): Promise<Made | 'passkey_exists' | Declined | 'used' | 'too_many' | Trouble> {
    const kept = this.#options;
    const now = this.platform.clock.now();
    if (kept?.token !== token || now - kept.at > FRESH) {
      const invited = await this.invited(token);
      if (typeof invited === 'string') return invited;
    }
    const { options } = this.#options!;
    // A challenge is good for one passkey.
    this.#options = null;
    return this.#authenticator.make(options);
  }

  /** Most passkeys say when they are made only that they will: they are asked at once. */
  async #sealing(made: Made): Promise<Shown | null> {
    if (made.shown || made.never) return made.shown;
    const given = await this.#authenticator.show([made.id]);
    return typeof given === 'string' ? null : given.shown;
  }
}

export function readOptions(body: unknown): object | null {
  return isObject(body) && isObject(body.options) ? body.options : null;
}

function readInvitation(body: unknown): (Invitation & { options: object }) | null {
  const options = readOptions(body);
  if (!options || !isObject(body) || typeof body.name !== 'string') return null;
  const { name, organisation_name, demo, recovery } = body;
  return {
    name,
    organisation_name: String(organisation_name ?? ''),
    demo: demo === true,
    recovery: recovery === true,
    options,
  };
}

/** An unknown, used or expired link is `used`. */
function invitationFailure({ trouble, code, status }: NoAnswer): 'used' | 'too_many' | Trouble {
  if (status === 429) return 'too_many';
  return code === 'invitation_used' ? 'used' : trouble;
}

function signInFailure({ trouble, code, status }: NoAnswer): 'failed' | 'too_many' | Trouble {
  if (status === 429) return 'too_many';
  return code === 'sign_in_failed' ? 'failed' : trouble;
}
