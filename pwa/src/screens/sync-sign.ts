/** How the phone stands with the server in one short phrase: the small sign on Today and More. */
import type { SyncState } from '../state/sync.svelte';
import type { Tone } from '../parts/tone';
import { t } from '../words';
import { saidOf } from './sync/troubles';

export type SyncSign = {
  what: 'error' | 'offline' | 'working' | 'unsent' | 'waiting' | 'ok';
  tone: Tone;
  text: string;
};

type Seen = Pick<SyncState, 'phase' | 'unsent' | 'error' | 'detail' | 'lastContact' | 'restored'>;

/** What a person must act on comes first; being offline is no fault, and what waits to be sent is said with it. */
export function syncSign({ phase, unsent, error, detail, lastContact, restored }: Seen): SyncSign {
  const waiting = unsent > 0 ? t('shell.unsent', { count: unsent }) : null;
  if (error && error !== 'offline') {
    const tone = error === 'signed_out' ? 'late' : 'danger';
    return { what: 'error', tone, text: t(`shell.sync_error_${error}`) };
  }
  if (error) {
    // An office that answered, and could not take it, is no lost signal.
    const what = saidOf(error, detail) === 'unable' ? 'waiting' : 'offline';
    const standing = t(what === 'waiting' ? 'shell.sync_waiting' : 'shell.sync_error_offline');
    return { what, tone: 'neutral', text: waiting ? `${standing} · ${waiting}` : standing };
  }
  if (phase === 'sending' || phase === 'receiving') {
    return { what: 'working', tone: 'accent', text: t('shell.sync_now') };
  }
  if (waiting) return { what: 'unsent', tone: 'unsent', text: waiting };
  // What a restored office lacks is on its way back: nothing is up to date before that.
  if (lastContact === null || restored)
    return { what: 'waiting', tone: 'neutral', text: t('shell.sync_waiting') };
  return { what: 'ok', tone: 'good', text: t('shell.sync_ok') };
}
