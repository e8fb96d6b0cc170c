/** What lost phones could not bring in, phone by phone, in the order in which it was typed. */
import type { Line } from '../review/refused';
import { linesOf } from '../review/refused';
import { t } from '../../words';
import type { LostChange } from './answers';

export interface LostPhone {
  device: string;
  name: string;
  member: string;
  changes: LostChange[];
  /** When the last of it arrived. */
  at: number;
}

/** The phone heard of last comes first. */
export function byPhone(changes: readonly LostChange[]): LostPhone[] {
  return [...Map.groupBy(changes, ({ device }) => device)]
    .map(([device, own]): LostPhone => {
      const [first] = own as [LostChange, ...LostChange[]];
      return {
        device,
        name: first.device_name,
        member: first.member_name,
        changes: own.toSorted((a, b) => a.n - b.n),
        at: Math.max(...own.map(({ refused_at }) => refused_at)),
      };
    })
    .sort((a, b) => b.at - a.at);
}

/** What was typed, line by line, as somebody else than its author reads it. */
export function linesOfLost({ change }: LostChange, nameOf: (id: string) => string | null): Line[] {
  if (change.delete === undefined) return linesOf(change, nameOf);
  const value = t(change.delete ? 'review.deleted_it' : 'office.kept_it');
  return [{ name: t('review.deletion'), value }];
}
