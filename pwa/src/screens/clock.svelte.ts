/** The time as screens see it: reactive, to the half minute, and set right when the phone wakes. */
import { wallTimeAt } from '../fields/times';

const STEP = 30_000;

let time = $state(Date.now());

setInterval(tick, STEP);
globalThis.document?.addEventListener('visibilitychange', tick);

function tick(): void {
  time = Date.now();
}

export function now(): number {
  return time;
}

/** Today's date where this phone is, as YYYY-MM-DD. */
export function today(): string {
  return dayOf(time);
}

/** The date, where this phone is, of an instant. */
export function dayOf(at: number): string {
  return wallTimeAt(at).slice(0, 10);
}
