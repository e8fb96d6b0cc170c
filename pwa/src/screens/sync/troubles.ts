/** What each of the four words means to a person, and what they can do about it. */
import type { Tone } from '../../parts/tone';
import type { Trouble } from '../../store/types';

export type Remedy = 'wait' | 'sign_in' | 'update' | 'review';

export const TROUBLES: Record<Trouble, { tone: Tone; remedy: Remedy }> = {
  offline: { tone: 'neutral', remedy: 'wait' },
  signed_out: { tone: 'danger', remedy: 'sign_in' },
  outdated: { tone: 'late', remedy: 'update' },
  refused: { tone: 'danger', remedy: 'review' },
};
