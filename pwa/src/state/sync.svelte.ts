/** How the phone stands with the server: what the Sync screen and the small sign in the header show. */
import type { Trouble } from '../store/types';
import type { SyncPhase } from './types';

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
  /** The server answered with a new epoch: unsent work is kept and waits. */
  restored: boolean = $state(false);
}
