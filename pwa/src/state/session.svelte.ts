/** Who uses this phone, and whether their store is open: from the sign-in link to the lock. */
import type { Me } from '../store/types';
import { StoreNewer } from '../store/database';
import { ACCOUNT } from '../store/memory';
import { Store } from '../store/store';
import { askMe, enrol, readMe } from '../sync/enrol';
import type { Client, NoAnswer } from '../sync/client';
import { isObject } from '../sync/wire';
import type { Platform } from './platform';
import type { JoinResult, Phase } from './types';

/** The member whose store this phone opens. */
const MEMBER = 'doorstep.member';
/** Set while a link has been redeemed and this phone is not yet enrolled. */
const JOINING = 'doorstep.joining';

export class Session {
  phase: Phase = $state('loading');
  /** Known while the store is open; the server is not asked. */
  me: Me | null = $state.raw(null);
  /** The store was erased because the server said so: to be told on the sign-in screen. */
  erased: boolean = $state(false);
  /** This app is older than the store, which a newer one has written. */
  outdated: boolean = $state(false);
  store: Store | null = null;

  constructor(
    private readonly client: Client,
    private readonly platform: Platform,
    /** Called with each store that this phone turns to, while it is still locked. */
    private readonly turnedTo: (store: Store) => void,
  ) {}

  /** Finds the store of the last member. Goes on with a sign-in that was cut off, if there was one. */
  async start(): Promise<void> {
    const { storage } = this.platform;
    const member = storage.getItem(MEMBER);
    if (member && (await this.#turnTo(member))) this.phase = 'locked';
    else if (storage.getItem(JOINING)) await this.#resume();
    else this.phase = 'signed_out';
  }

  async join(token: string): Promise<JoinResult> {
    const before = this.phase;
    const body = { token };
    const reply = await this.client.call('/api/invitations/accept', readMe, { body });
    if (!('answer' in reply)) return failureOf(reply);
    this.platform.storage.setItem(JOINING, 'yes');
    const result = await this.#enter(reply.answer);
    if (result !== 'joined') this.phase = before;
    return result;
  }

  /** False where the store cannot be opened. */
  async unlock(): Promise<boolean> {
    if (!this.store) return false;
    if (this.phase === 'open') return true;
    this.phase = 'loading';
    try {
      await this.store.unlock();
      this.opened();
      return true;
    } catch (error) {
      console.error(error);
      this.phase = 'locked';
      return false;
    }
  }

  opened(): void {
    this.me = this.store!.memory.account.me;
    this.erased = false;
    this.phase = 'open';
  }

  lock(): void {
    this.store?.lock();
    this.locked();
  }

  locked(): void {
    this.me = null;
    this.phase = 'locked';
  }

  /** Forgets whose store this phone opens; the store itself stays, sealed, for its member's return. */
  leave(): void {
    this.store?.lock();
    this.store?.close();
    this.#gone();
  }

  /** Erases the store, because the server said that this phone is revoked. */
  async erase(): Promise<void> {
    const { store } = this;
    this.#gone();
    this.erased = true;
    await store?.erase();
  }

  /** Another tab has erased the store. */
  erasedElsewhere(): void {
    this.#gone();
    this.erased = true;
  }

  /** A locked phone asks one thing only: whether it is revoked. */
  async askRevoked(): Promise<void> {
    const { store } = this;
    if (!store || this.phase !== 'locked') return;
    const { device } = await store.outside();
    const read = (body: unknown) => (isObject(body) ? body.revoked === true : null);
    const reply = await this.client.call(`/api/devices/${device}/state`, read, { method: 'GET' });
    if ('answer' in reply && reply.answer && this.store === store) await this.erase();
  }

  async #resume(): Promise<void> {
    const reply = await askMe(this.client);
    const result = 'answer' in reply ? await this.#enter(reply.answer) : failureOf(reply);
    if (result === 'joined') return;
    this.phase = 'signed_out';
    if (result !== 'offline') this.platform.storage.removeItem(JOINING);
  }

  async #enter(me: Me): Promise<JoinResult> {
    const isOpen = this.store?.member === me.member && this.store.isOpen;
    if (!isOpen) this.phase = 'loading';
    const known = this.store?.member === me.member || (await this.#turnTo(me.member));
    if (!known) {
      const reply = await enrol(this.client, this.platform.name);
      if (!('answer' in reply)) return failureOf(reply);
      const store = await Store.create({ me, ...reply.answer }, this.platform.isLog);
      this.#turn(store);
    } else if (!this.store!.isOpen) await this.store!.unlock();
    await this.store!.write(async (step, memory) => {
      const account = { ...memory.account, me };
      await step.put(ACCOUNT, account);
      return { memory: { ...memory, account }, shelves: [], result: undefined };
    });
    this.platform.storage.setItem(MEMBER, me.member);
    this.platform.storage.removeItem(JOINING);
    this.opened();
    return 'joined';
  }

  async #turnTo(member: string): Promise<boolean> {
    try {
      const store = await Store.open(member, this.platform.isLog);
      if (store) this.#turn(store);
      return store !== null;
    } catch (error) {
      if (!(error instanceof StoreNewer)) throw error;
      this.outdated = true;
      return false;
    }
  }

  #turn(store: Store): void {
    this.store?.lock();
    this.store?.close();
    this.me = null;
    this.store = store;
    this.turnedTo(store);
  }

  #gone(): void {
    this.platform.storage.removeItem(MEMBER);
    this.me = null;
    this.store = null;
    this.phase = 'signed_out';
  }
}

/** An unknown, used or expired link is `used`; the rest are the four words. */
function failureOf({ trouble, code }: NoAnswer): JoinResult {
  return code === 'invitation_used' ? 'used' : trouble;
}
