/** What the app wants of the browser, so that tests can stand in for it. main.ts hands over the real one. */
import type { IsLog } from '../store/overlay';
import type { Clock } from '../sync/schedule';
import type { StorageManagerLike } from '../sync/status';
import type { Authenticator } from './authenticator';

export interface Platform {
  fetch: typeof globalThis.fetch;
  /** For what is no secret: who used this phone last, and how it looks. */
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  authenticator: Authenticator;
  storageManager: StorageManagerLike | undefined;
  languages: readonly string[];
  clock: Clock;
  /** Version of the app, told with each sync. */
  version: string;
  /** What this phone is called where devices are listed. */
  name: string;
  isLog: IsLog;
  /** Has the browser wake an open page when there is a signal, where it can. */
  wakeOnSignal(): void;
  /** Looks for a newer version of the app at once, and not with the next visit. */
  lookForUpdate(): void;
  /** Starts the version that waits. */
  activateUpdate(): void;
}
