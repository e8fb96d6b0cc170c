/** Who uses this phone, and whether their store is open. */
import type { Me } from '../store/types';
import type { Phase } from './types';

export class Session {
  phase: Phase = $state('loading');
  /** Known while the store is open; the server is not asked. */
  me: Me | null = $state.raw(null);
  /** The store was erased because the server said so (a revoked phone): to be said on the sign-in screen. */
  erased: boolean = $state(false);
}
