/**
 * Stores that are erased because their phone was revoked: whoever is at the phone, locked or open. What was erased is
 * told to the person, and to the server until it has heard it.
 */
import type { Store } from '../store/store';
import type { Client } from '../sync/client';
import { isObject } from '../sync/wire';
import type { Platform } from './platform';
import type { Erasure } from './types';

const KEY = 'doorstep.erased';

/** `seen`: told to the person. `done`: nothing is left of it on the disk. */
type Kept = Erasure & { member: string; seen: boolean; done: boolean };

export class Erasures {
  #kept: Kept[] = $state.raw([]);

  constructor(
    private readonly client: Client,
    private readonly platform: Pick<Platform, 'storage' | 'clock'>,
  ) {
    this.#kept = parse(platform.storage.getItem(KEY));
  }

  /** What the person has not been told, newest first. */
  get untold(): Erasure[] {
    return this.#kept.filter(({ seen }) => !seen).toReversed();
  }

  /** Another tab has erased something. */
  look(): void {
    this.#kept = parse(this.platform.storage.getItem(KEY));
  }

  dismiss(): void {
    this.#keep(this.#kept.map((one) => ({ ...one, seen: true })));
  }

  /** Erases a store. Noted first: if it is cut short, `finish` goes on with it. Two tabs may be at it: one notes it. */
  async erase(store: Store): Promise<void> {
    const outside = await store.unlessGone(store.outside(), null);
    this.look();
    if (!outside) return;
    const { device, unsent } = outside;
    const { member } = store;
    const at = this.platform.clock.now();
    const kept = { device, at, unsent, told: false, member, seen: false, done: false };
    if (!this.#kept.some((one) => one.device === device)) this.#keep([...this.#kept, kept]);
    await store.erase();
    this.#change(device, { done: true });
    await this.tell();
  }

  /**
   * Erasures that were cut short, before anything can be opened. A store that was made since is another device's; one
   * that cannot be opened (undefined) is erased another time.
   */
  async finish(find: (member: string) => Promise<Store | null | undefined>): Promise<void> {
    for (const { member, device, done } of this.#kept) {
      if (done) continue;
      const store = await find(member);
      if (store === undefined) continue;
      if (store && (await store.outside()).device === device) await store.erase();
      this.#change(device, { done: true });
    }
  }

  /** Confirms to the server what is erased and it has not yet heard. */
  async tell(): Promise<void> {
    for (const { device, told, done } of this.#kept) {
      if (told || !done) continue;
      const path = `/api/devices/${device}/erased`;
      const reply = await this.client.call(path, () => true, { body: {} });
      // A server that knows no such device has nothing to hear.
      const isHeard = 'answer' in reply || reply.status === 404;
      if (isHeard) this.#change(device, { told: true });
    }
  }

  /** The stores whose phones the server has revoked. It needs no session, only the device's id. */
  async revoked(stores: readonly Store[]): Promise<Store[]> {
    const here = stores.filter((store) => !store.isClosed);
    const asked = here.map(async (store) => {
      const outside = await store.unlessGone(store.outside(), null);
      if (!outside) return null;
      const path = `/api/devices/${outside.device}/state`;
      const reply = await this.client.call(path, readRevoked, { method: 'GET' });
      return 'answer' in reply && reply.answer ? store : null;
    });
    return (await Promise.all(asked)).filter((store) => store !== null);
  }

  #change(device: string, some: Partial<Kept>): void {
    this.look();
    this.#keep(this.#kept.map((one) => (one.device === device ? { ...one, ...some } : one)));
  }

  #keep(kept: Kept[]): void {
    this.#kept = kept.filter(({ seen, told }) => !(seen && told));
    this.platform.storage.setItem(KEY, JSON.stringify(this.#kept));
  }
}

/** Whether it is revoked; null for an answer that is none, as a captive portal's. */
function readRevoked(body: unknown): boolean | null {
  return isObject(body) && typeof body.revoked === 'boolean' ? body.revoked : null;
}

function parse(text: string | null): Kept[] {
  try {
    const kept = JSON.parse(text ?? '[]') as unknown;
    return Array.isArray(kept) ? (kept as Kept[]) : [];
  } catch {
    // Somebody else wrote it.
    return [];
  }
}
