/** The member's own passkeys and phones, asked of the server: what the Security screens talk to. */
import { Locked } from '../store/seal';
import type { Store } from '../store/store';
import type { Trouble } from '../store/types';
import type { Call, Client, Reply } from '../sync/client';
import { isObject } from '../sync/wire';
import { readOptions } from './arrival';
import type { Platform } from './platform';
import type { Session } from './session.svelte';
import type {
  Activity,
  AddPasskeyResult,
  Device,
  Passkey,
  RemovePasskeyResult,
  Ways,
} from './types';

type Listed = Omit<Passkey, 'opens'> & { credential?: string };

export class Security {
  constructor(
    private readonly session: Session,
    private readonly client: Client,
    private readonly platform: Platform,
    private readonly around: { lang: () => string; revoked: () => Promise<void> },
  ) {}

  /** The member's passkeys. Those removed meanwhile on another phone open this one no more. */
  async passkeys(): Promise<Reply<Passkey[]>> {
    const reply = await this.#ask('/api/passkeys', listOf<Listed>('passkeys'), { method: 'GET' });
    if (!('answer' in reply)) return reply;
    const known = new Set(reply.answer.flatMap(({ credential }) => credential ?? []));
    const opening = new Set<string>();
    for (const wrap of await this.#store.wraps()) {
      if (wrap.way !== 'prf') continue;
      if (known.has(wrap.credential) || !(await this.#store.removeWay(wrap.id)))
        opening.add(wrap.credential);
    }
    return {
      answer: reply.answer.map(({ credential, ...passkey }) => ({
        ...passkey,
        opens: opening.has(credential ?? ''),
      })),
    };
  }

  /** What opens the store on this phone. */
  async ways(): Promise<Ways> {
    const ways = (await this.#store.wraps()).map(({ way }) => way);
    return { passkey: ways.includes('prf'), passphrase: ways.includes('passphrase') };
  }

  /**
   * A new passkey for this member; it opens the store on this phone too where it can. From a tap. Unless they signed in
   * just now, one that they have is shown first: nobody adds a key of their own on a phone left open.
   */
  async addPasskey(name: string): Promise<AddPasskeyResult> {
    const asked = await this.#ask('/api/passkeys/options', readAdding, { body: {} });
    if (!('answer' in asked)) return asked.trouble;
    const { authenticator } = this.platform;
    const { options, proof } = asked.answer;
    const own = proof && (await authenticator.give(proof));
    if (typeof own === 'string') return own;
    const made = await authenticator.make(options);
    if (typeof made === 'string') return made;
    const body = { credential: made.credential, name, ...(own && { proof: own.credential }) };
    const reply = await this.#ask('/api/passkeys', isObjectRead, { body });
    if (!('answer' in reply)) return reply.trouble;
    const given = made.shown || made.never ? null : await authenticator.show([made.id]);
    const shown = made.shown ?? (given && typeof given !== 'string' ? given.shown : null);
    if (shown) await this.#store.addWay(shown);
    return 'added';
  }

  async renamePasskey(id: string, name: string): Promise<'renamed' | Trouble> {
    const reply = await this.#ask(`/api/passkeys/${id}/name`, done, { body: { name } });
    return 'answer' in reply ? 'renamed' : reply.trouble;
  }

  /** Removed, it opens this phone no more. Refused while it is the only thing that does. */
  async removePasskey(id: string): Promise<RemovePasskeyResult> {
    const reply = await this.#ask('/api/passkeys', listOf<Listed>('passkeys'), { method: 'GET' });
    if (!('answer' in reply)) return reply.trouble;
    const credential = reply.answer.find((one) => one.id === id)?.credential;
    const wraps = await this.#store.wraps();
    const isWay = wraps.some((wrap) => wrap.id === credential);
    if (isWay && wraps.length === 1) return reply.answer.length === 1 ? 'last_passkey' : 'last_way';
    const removed = await this.#ask(`/api/passkeys/${id}/remove`, done, { body: {} });
    if (!('answer' in removed))
      return removed.code === 'last_passkey' ? 'last_passkey' : removed.trouble;
    if (isWay) await this.#store.removeWay(credential!);
    return 'removed';
  }

  /** The passphrase opens this phone no more. False where nothing else does. */
  removePassphrase(): Promise<boolean> {
    return this.#store.removeWay('passphrase');
  }

  /** The member's phones. */
  devices(): Promise<Reply<Device[]>> {
    return this.#ask('/api/devices', listOf<Device>('devices'), { method: 'GET' });
  }

  /** The phone erases itself at its next contact; this one at once. */
  async revokeDevice(id: string): Promise<'revoked' | Trouble> {
    const reply = await this.#ask(`/api/devices/${id}/revoke`, done, { body: {} });
    if (!('answer' in reply)) return reply.trouble;
    if (id === this.#store.memory.account.device) await this.around.revoked();
    return 'revoked';
  }

  /** What was done to the member's account, newest first. */
  activity(): Promise<Reply<Activity[]>> {
    return this.#ask('/api/me/activity', listOf<Activity>('activity'), { method: 'GET' });
  }

  get #store(): Store {
    if (!this.session.store?.isOpen) throw new Locked();
    return this.session.store;
  }

  #ask<T>(path: string, read: (body: unknown) => T | null, call: Call): Promise<Reply<T>> {
    const { secret } = this.#store.memory.account;
    return this.client.call(path, read, { ...call, secret, lang: this.around.lang() });
  }
}

const done = () => true as const;
const isObjectRead = (body: unknown) => (isObject(body) ? body : null);

/** What makes a passkey, and what one that they have must sign besides, if anything. */
function readAdding(body: unknown): { options: object; proof: object | null } | null {
  const options = readOptions(body);
  return options && isObject(body)
    ? { options, proof: isObject(body.proof) ? body.proof : null }
    : null;
}

/** A list under its name; null for an answer that is none. */
function listOf<T>(name: string): (body: unknown) => T[] | null {
  return (body) => (isObject(body) && Array.isArray(body[name]) ? (body[name] as T[]) : null);
}
