/** What a phone tells about itself with each sync, and what the Sync screen says of its storage. */
import type { Store } from '../store/store';
import type { Status } from './wire';

export interface StorageState {
  persisted: boolean | null;
  /** Bytes; null where the browser does not tell. */
  storage: { used: number; quota: number } | null;
}

/** The part of `navigator.storage` that is used; a browser may lack any of it. */
export type StorageManagerLike = Partial<
  Pick<StorageManager, 'estimate' | 'persist' | 'persisted'>
>;

/** How full the store is, and whether the browser promised not to clear it by itself; with `ask`, it is asked to. */
export async function askStorage(
  manager: StorageManagerLike | undefined,
  ask = false,
): Promise<StorageState> {
  const granted = (await manager?.persisted?.()) ?? null;
  const persisted = !granted && ask ? ((await manager?.persist?.()) ?? granted) : granted;
  const { usage, quota } = (await manager?.estimate?.()) ?? {};
  const storage = usage !== undefined && quota ? { used: usage, quota } : null;
  return { persisted, storage };
}

/** Changes without an answer, and when the oldest was made. */
export function unsentOf(store: Store): { unsent: number; oldest: number | null } {
  const pending = store.memory.entries.filter((entry) => entry.state === 'pending');
  const times = pending.map((entry) => entry.change!.at);
  return { unsent: pending.length, oldest: times.length ? Math.min(...times) : null };
}

export function statusOf(store: Store, app: string, { persisted, storage }: StorageState): Status {
  const { unsent, oldest } = unsentOf(store);
  return {
    app,
    unsent,
    ...(oldest === null ? {} : { oldest }),
    ...(storage ? { storage: Math.min(1, storage.used / storage.quota) } : {}),
    ...(persisted === null ? {} : { persisted }),
  };
}
