/** Phones as the office looks at them: the ones that ask for something first. */
import type { Device } from '../../state/types';

const DAY = 86_400_000;
/** A phone in use syncs every day; after three, what is unsent on it begins to matter. */
export const STALE_AFTER = 3 * DAY;

export interface Phones {
  /** In use, and not heard of for a while; the longest first. */
  stale: Device[];
  /** In use, the last heard of first. */
  fresh: Device[];
  /** Removed and not known to be erased yet, then those that are; the last removed first. */
  removed: Device[];
}

export function sorted(devices: readonly Device[], now: number): Phones {
  const heard = (one: Device) => one.last_contact ?? one.enrolled_at;
  const kept = devices.filter(({ revoked_at }) => revoked_at === null);
  const isStale = (one: Device) => now - heard(one) > STALE_AFTER;
  return {
    stale: kept.filter(isStale).sort((a, b) => heard(a) - heard(b)),
    fresh: kept.filter((one) => !isStale(one)).sort((a, b) => heard(b) - heard(a)),
    removed: devices
      .filter(({ revoked_at }) => revoked_at !== null)
      .sort(
        (a, b) =>
          Number(a.erased_at !== null) - Number(b.erased_at !== null) ||
          (b.revoked_at ?? 0) - (a.revoked_at ?? 0),
      ),
  };
}

/** Changes that a phone said it had not sent yet: at its removal, else at its last contact. Null: it never said. */
export function unsentOf({ revoked_at, lost_unsent, status }: Device): number | null {
  return (revoked_at === null ? null : lost_unsent) ?? status?.unsent ?? null;
}

/** Share of its storage in use, 0 to 1; null where the phone did not say. */
export function shareOf(status: Device['status']): number | null {
  return status?.storage ?? null;
}
