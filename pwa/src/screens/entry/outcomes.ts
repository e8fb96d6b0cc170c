/** What a person is told where an invitation or a passkey did not lead in: never whose fault, always what to do. */
import type { Tone } from '../../parts/tone';
import type { Declined, JoinResult, SignInResult } from '../../state/types';
import type { Trouble } from '../../store/types';
import type { Key } from '../../words';

export interface Told {
  title: Key;
  body: Key;
  tone: Tone;
}

const tell = (title: Key, body: Key, tone: Tone = 'neutral'): Told => ({ title, body, tone });

const TROUBLES: Record<Trouble, Told> = {
  offline: tell('signin.trouble_offline', 'signin.trouble_offline_body'),
  signed_out: tell('signin.trouble_signed_out', 'signin.trouble_signed_out_body'),
  outdated: tell('signin.trouble_outdated', 'signin.trouble_outdated_body', 'late'),
  refused: tell('signin.trouble_refused', 'signin.trouble_refused_body', 'danger'),
};

const TOO_MANY = tell('signin.too_many', 'signin.too_many_body', 'late');

export const JOIN_TOLD: Record<Exclude<JoinResult, 'joined'>, Told> = {
  ...TROUBLES,
  used: tell('signin.used_title', 'signin.used_body'),
  too_many: TOO_MANY,
  passkey_exists: tell('signin.join_exists', 'signin.join_exists_body'),
  cancelled: tell('signin.join_cancelled', 'signin.join_cancelled_body'),
  unsupported: tell('signin.join_unsupported', 'signin.join_unsupported_body', 'late'),
};

export const SIGN_IN_TOLD: Record<Exclude<SignInResult, 'signed_in'>, Told> = {
  ...TROUBLES,
  failed: tell('signin.sign_in_unknown', 'signin.sign_in_unknown_body', 'danger'),
  too_many: TOO_MANY,
  cancelled: tell('signin.sign_in_cancelled', 'signin.sign_in_cancelled_body'),
  unsupported: tell('signin.sign_in_unsupported', 'signin.sign_in_unsupported_body', 'late'),
};

/** A passkey that was tried once more instead of a passphrase. */
export const BIND_TOLD: Record<Declined | Trouble, Told> = {
  ...TROUBLES,
  cancelled: tell('signin.sign_in_cancelled', 'signin.bind_cancelled_body'),
  unsupported: tell('signin.bind_unsupported', 'signin.bind_unsupported_body'),
};
