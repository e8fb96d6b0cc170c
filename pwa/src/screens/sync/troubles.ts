/** What each of the four words means to a person, and what they can do about it. */
import type { Tone } from '../../parts/tone';
import type { Trouble } from '../../store/types';

export type Remedy = 'wait' | 'sign_in' | 'update' | 'review';

/** The four words, and `unable`: the office was reached and said itself that it cannot go on. */
export type Said = Trouble | 'unable';

export const TROUBLES: Record<Said, { tone: Tone; remedy: Remedy }> = {
  offline: { tone: 'neutral', remedy: 'wait' },
  unable: { tone: 'neutral', remedy: 'wait' },
  signed_out: { tone: 'late', remedy: 'sign_in' },
  outdated: { tone: 'late', remedy: 'update' },
  refused: { tone: 'danger', remedy: 'review' },
};

/** Only the server's own problem document has a sentence: a phone that got one has a connection. */
export function saidOf(trouble: Trouble, detail: string | null): Said {
  return trouble === 'offline' && detail !== null ? 'unable' : trouble;
}
