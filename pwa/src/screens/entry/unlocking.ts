/** What the lock screen says when it stays shut: what to do, and nothing of whose phone it is. */
import type { UnlockResult } from '../../state/types';
import type { Key } from '../../words';

export type Way = 'passkey' | 'passphrase';
export type NotOpen = Exclude<UnlockResult, 'open' | 'leased'>;

/** `empty`: nothing was typed. */
export function unlockTold(failed: Exclude<NotOpen, 'damaged'> | 'empty', way: Way): Key {
  if (failed === 'empty') return 'signin.unlock_empty';
  if (failed === 'cancelled') return 'signin.unlock_cancelled';
  if (failed === 'unsupported') return 'signin.unlock_unsupported';
  return way === 'passkey' ? 'signin.unlock_wrong_passkey' : 'signin.unlock_wrong';
}
