/** Choosing a passphrase: whether it was typed again, and what is said when it is not taken. */
import type { Weakness } from '../../state/types';
import { SHORTEST_PASSPHRASE } from '../../state/passphrase';
import { foldPassphrase } from '../../store/keys';
import type { Trouble } from '../../store/types';
import { t, type Key } from '../../words';

export type NotKept = Weakness | Trouble;

/** Typed once more, it is the same where it would open the same: what a keyboard adds of its own does not count. */
export function isSame(passphrase: string, again: string): boolean {
  return foldPassphrase(passphrase) === foldPassphrase(again);
}

const TOLD: Record<NotKept, Key> = {
  short: 'signin.weak_short',
  digits: 'signin.weak_digits',
  common: 'signin.weak_common',
  offline: 'signin.choose_offline',
  signed_out: 'signin.trouble_signed_out_body',
  outdated: 'signin.trouble_outdated_body',
  refused: 'signin.trouble_refused_body',
};

export function keptTold(why: NotKept): string {
  return t(TOLD[why], { count: SHORTEST_PASSPHRASE });
}
