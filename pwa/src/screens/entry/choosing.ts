/** Choosing a passphrase: whether it was typed again, and what is said when it is not taken. */
import type { Weakness } from '../../state/types';
import type { Trouble } from '../../store/types';
import type { Key } from '../../words';

export type NotKept = Weakness | Trouble;

/** Suggested words are typed to show that they were noted: capitals and spaces that a keyboard adds do not count. */
export function isSameWords(suggested: string, typed: string): boolean {
  return plain(suggested) === plain(typed);
}

function plain(text: string): string {
  return text.normalize('NFKC').trim().toLowerCase().split(/\s+/u).join(' ');
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

export function keptTold(why: NotKept): Key {
  return TOLD[why];
}
