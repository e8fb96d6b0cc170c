/** A restore as the office follows it: which phones are awaited, which are back, and what no phone brings back. */
import type { Role } from '../../store/types';
import type { RestoredPhone } from './answers';
import type { Place } from './places';

export interface Returned {
  /** The one with most to bring first, then the one last heard of: it is the likeliest to be reached. */
  awaited: RestoredPhone[];
  back: RestoredPhone[];
}

export function returned(phones: readonly RestoredPhone[]): Returned {
  const heard = ({ last_contact }: RestoredPhone) => last_contact ?? 0;
  const byHeard = (a: RestoredPhone, b: RestoredPhone) => heard(b) - heard(a);
  return {
    awaited: phones
      .filter((phone) => !phone.returned)
      .sort((a, b) => (b.unsent ?? 0) - (a.unsent ?? 0) || byHeard(a, b)),
    back: phones.filter((phone) => phone.returned).sort(byHeard),
  };
}

export type ByHand = 'charts' | 'phones' | 'people' | 'retention' | 'imports';

/**
 * What was done since the copy and lies on no phone, and the screen where it is done again, where there is one: who
 * was kept out comes first.
 */
const BY_HAND: readonly { what: ByHand; place: Place | null; roles: readonly Role[] }[] = [
  { what: 'phones', place: 'devices', roles: ['supervisor', 'administrator'] },
  { what: 'people', place: 'people', roles: ['supervisor', 'administrator'] },
  { what: 'charts', place: 'open', roles: ['supervisor'] },
  { what: 'retention', place: 'retention', roles: ['supervisor', 'administrator'] },
  { what: 'imports', place: null, roles: ['administrator'] },
];

export function byHand(role: Role | undefined) {
  return BY_HAND.filter(({ roles }) => role !== undefined && roles.includes(role));
}
