/** The shapes of the app's state: what screens read beside the records themselves. */
import type { Trouble } from '../store/types';

/** signed_out: nobody on this phone · locked: a store that waits for `unlock` · loading · open. */
export type Phase = 'signed_out' | 'locked' | 'loading' | 'open';

export type Lang = 'en' | 'es';
export type Theme = 'system' | 'light' | 'dark';
/** Multiplies the text size of the system. */
export type TextSize = 1 | 1.15 | 1.3;

/** Why a link or a request of a person did not work. `used` covers an unknown, used or expired link. */
export type JoinResult = 'joined' | 'used' | Trouble;

export type SummaryAudience = 'patient' | 'clinician';

/** A fetched summary, or why there is none yet; `pending` while the visit itself is not yet sent. */
export type SummaryResult = { pdf: Blob } | { error: Trouble | 'pending' };

/** How the next contact with the server goes. */
export type SyncPhase = 'idle' | 'sending' | 'receiving' | 'waiting';
