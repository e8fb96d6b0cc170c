/**
 * How long a phone may go on without the server, and how long it stays open untouched. Kept sealed: the latest time
 * that this phone has seen, so that setting its clock back wins nothing, and the last contact.
 */
import { readShelf } from './charts';
import type { Step } from './step';
import type { Store } from './store';
import type { ServerRecord } from './types';

export const CLOCK = 'clock';
/** Where the organisation's rules lie. */
export const RULES = 'library/organisation_settings';
const DAY = 86_400_000;
const MINUTE = 60_000;

export interface SealedClock {
  latest: number;
  /** When the server was last heard, by the same clock. */
  contact: number;
}

/** What the organisation has set; milliseconds. */
export interface Rules {
  lease: number;
  idle: number;
}

const DEFAULT: Rules = { lease: 7 * DAY, idle: 5 * MINUTE };

/** Rules of the organisation, as this phone last heard them. */
export async function readRules(store: Store): Promise<Rules> {
  return rulesOf((await readShelf(store.db, store.seal, RULES).catch(() => null)) ?? []);
}

/** Rules as the organisation's settings say them; what they leave open is as usual. */
export function rulesOf(settings: readonly ServerRecord[]): Rules {
  const fields = settings.find((record) => !record.deleted)?.fields ?? {};
  const positive = (value: unknown) => (typeof value === 'number' && value > 0 ? value : null);
  const days = positive(fields.lease_days);
  const minutes = positive(fields.lock_minutes);
  return {
    lease: days === null ? DEFAULT.lease : days * DAY,
    idle: minutes === null ? DEFAULT.idle : minutes * MINUTE,
  };
}

/** The server was heard at `now`, which is then the time, whatever this clock said before. */
export function contactAt(now: number): SealedClock {
  return { latest: now, contact: now };
}

/** `now`, or the latest time seen where the clock has been set back. */
export function seenAt(clock: SealedClock, now: number): SealedClock {
  return { ...clock, latest: Math.max(clock.latest, now) };
}

/** A clock that cannot be read says nothing in favour of opening. */
export function isOver(clock: SealedClock | null, now: number, { lease }: Rules): boolean {
  return clock === null || seenAt(clock, now).latest - clock.contact > lease;
}

export async function readClock(store: Store): Promise<SealedClock | null> {
  const sealed = await store.db.get('sealed', CLOCK);
  if (!sealed) return null;
  return store.seal.unseal<SealedClock>(CLOCK, sealed).catch(() => null);
}

/** Keeps the latest time; or, `heard`, that the server has answered. */
export async function keepTime(store: Store, now: number, heard = false): Promise<void> {
  const clock = heard ? null : await readClock(store);
  if (!heard && !clock) return;
  await store.keep((step) => putClock(step, clock ? seenAt(clock, now) : contactAt(now)));
}

export function putClock(step: Step, clock: SealedClock): Promise<void> {
  return step.put(CLOCK, clock);
}
