/** How long a link that was just made still works. */

/** A link works this long (server/signing_in.py). */
export const LASTS = 15 * 60_000;
const SECOND = 1_000;

/**
 * When a link ends, by this phone's clock. Where the two clocks disagree, so that the end seems past or further than a
 * link ever lasts, the quarter of an hour is counted from its arrival.
 */
export function endOf(expires_at: number, arrived: number): number {
  const left = expires_at - arrived;
  return left > LASTS - 60_000 && left <= LASTS ? expires_at : arrived + LASTS;
}

/** “14:05” */
export function countdown(left: number): string {
  const seconds = Math.max(0, Math.ceil(left / SECOND));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Counts down while the component that made it is shown. */
export class Countdown {
  left = $state(0);

  constructor(end: () => number | null) {
    $effect(() => {
      const at = end();
      const count = () => (this.left = at === null ? 0 : Math.max(0, at - Date.now()));
      count();
      if (at === null) return;
      const timer = setInterval(count, SECOND);
      return () => clearInterval(timer);
    });
  }
}
