/** How the phone stands with the server: what the Sync screen and the small sign in the header show. */
import type { Trouble } from '../store/types';
import type { Following, SyncPhase } from './types';

export class SyncState {
  phase: SyncPhase = $state('idle');
  /** Changes that the server has not yet answered. Known while locked too. */
  unsent: number = $state(0);
  /** When the oldest of them was made; milliseconds since 1970. */
  oldest: number | null = $state(null);
  /** The last complete answer of the server. */
  lastContact: number | null = $state(null);
  error: Trouble | null = $state(null);
  /** The server's own sentence where it gave one. */
  detail: string | null = $state(null);
  /** Records received in a long pull, null when none runs. How many will come is not known. */
  progress: number | null = $state(null);
  /** Whether the browser promised not to clear the store by itself; null where it cannot say. */
  persisted: boolean | null = $state(null);
  /** Bytes used and allowed, null where the browser does not tell. */
  storage: { used: number; quota: number } | null = $state(null);
  /** The last write found no room. Cleared by the next that does. */
  full: boolean = $state(false);
  /** The office has restored its database, and this phone is following; null where it has, or need not. */
  restored: Following | null = $state.raw(null);
  /**
   * Changes that the office has and cannot take yet, as it waits for what another phone brings back, or for somebody to
   * assign a chart anew. They are shown, and asked about again with each sync.
   */
  waiting: number = $state(0);
}
