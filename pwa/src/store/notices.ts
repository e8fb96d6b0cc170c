/** Writes of this member that were set aside (protocol.md, "Words"): told once, however often the server says so. */
import { canonical } from './canonical';
import { KEPT_FOR } from './journal';
import type { KeptNotice } from './memory';
import type { Json } from './types';

/** As it comes in `set_aside`. */
export interface ToldNotice {
  device: string;
  n: number;
  record: string;
  field: string;
  value: Json;
}

type Name = Pick<ToldNotice, 'device' | 'n' | 'field' | 'value'>;

/** With the value, since one change may take several elements out of a list, and each may be outlived. */
const keyOf = ({ device, n, field, value }: Name) => `${device}/${n}/${field}/${canonical(value)}`;

/** Those there were and those that are new, oldest first. The server repeats one for 30 days at most. */
export function takeNotices(
  known: readonly KeptNotice[],
  told: readonly ToldNotice[],
  whereIs: (record: string) => { kind: string; patient: string | null } | null,
  now: number,
): KeptNotice[] {
  const kept = known.filter((one) => !one.dismissed || one.told_at > now - KEPT_FOR);
  const had = new Set(kept.map(keyOf));
  const fresh = told
    .filter((one) => !had.has(keyOf(one)) && had.add(keyOf(one)))
    .map((one) => ({
      ...one,
      kind: whereIs(one.record)?.kind ?? null,
      patient: whereIs(one.record)?.patient ?? null,
      told_at: now,
    }));
  return [...kept, ...fresh];
}

export function dismissNotice(notices: readonly KeptNotice[], name: Name): KeptNotice[] {
  const key = keyOf(name);
  return notices.map((one) => (keyOf(one) === key ? { ...one, dismissed: true } : one));
}
