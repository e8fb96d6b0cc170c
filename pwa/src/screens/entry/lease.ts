/** How long a phone has been without its office, as the screen of a run-out lease says it. */

const DAY = 86_400_000;

/** Whole days, at least one: a lease that has run out is never told as “0 days”. */
export function daysWithout(lastContact: number | null, now: number): number {
  return lastContact === null ? 1 : Math.max(1, Math.floor((now - lastContact) / DAY));
}
