/**
 * When to sync: on open, on `online`, on becoming visible, after a save, every minute while open and unlocked, and when
 * a background sync wakes the page. One round at a time over all tabs; after a failure, later and later.
 * `navigator.onLine` is never asked: it is a hint, not a truth.
 */
const MINUTE = 60_000;
const LONGEST_WAIT = 5 * MINUTE;
const FIRST_WAIT = 2_000;

/** How a round ended: whether the next may follow its usual rhythm, and the least wait the server asked for. */
export interface Ended {
  ok: boolean;
  wait?: number;
}

/** No round of its own accord comes before this is over. */
interface Pause {
  from: number;
  length: number;
  /** By the server. */
  isAsked: boolean;
}

export interface Clock {
  now(): number;
  setTimeout(act: () => void, wait: number): unknown;
  clearTimeout(timer: never): void;
  /** 0 ≤ x < 1, for jitter. */
  random(): number;
}

export class Schedule {
  #running: Promise<void> | null = null;
  #again = false;
  #failures = 0;
  #pause: Pause = { from: 0, length: 0, isAsked: false };
  #timer: unknown = null;
  #stopped = true;

  constructor(
    private readonly round: () => Promise<Ended>,
    private readonly clock: Clock,
  ) {}

  start(): void {
    this.#stopped = false;
    this.#failures = 0;
    this.#pause.length = 0;
    void this.ask();
  }

  stop(): void {
    this.#stopped = true;
    this.clock.clearTimeout(this.#timer as never);
  }

  /** Something happened that makes a round worth while; one that is waiting for a failure to pass goes on waiting. */
  hint(): void {
    if (this.#stopped) return;
    const wait = this.#left();
    if (wait > 0) this.#plan(wait);
    else void this.ask();
  }

  /** The signal seems to be back: what failed for want of it is tried at once, unless the server asked for a pause. */
  retry(): void {
    if (this.#stopped) return;
    if (!this.#pause.isAsked) {
      this.#failures = 0;
      this.#pause.length = 0;
    }
    this.hint();
  }

  /** A round now, or one more after the one that runs. Resolves when that is over, however it went. */
  ask(): Promise<void> {
    if (this.#running) {
      this.#again = true;
      return this.#running;
    }
    this.#running = this.#run().finally(() => (this.#running = null));
    return this.#running;
  }

  async #run(): Promise<void> {
    this.clock.clearTimeout(this.#timer as never);
    do {
      this.#again = false;
      const ended = await this.round();
      this.#failures = ended.ok ? 0 : this.#failures + 1;
      const length = Math.max(ended.wait ?? 0, this.#failures ? this.#backOff() : 0);
      this.#pause = { from: this.clock.now(), length, isAsked: Boolean(ended.wait) };
    } while (this.#again && this.#failures === 0 && !this.#stopped);
    if (!this.#stopped) this.#plan(this.#failures ? this.#left() : MINUTE);
  }

  /** Of the pause. A clock that was set back, or far ahead, must not make it longer. */
  #left(): number {
    const since = this.clock.now() - this.#pause.from;
    return since < 0 ? 0 : Math.max(0, this.#pause.length - since);
  }

  /** Doubles with each failure, half of it left to chance, so that phones do not come back all at once. */
  #backOff(): number {
    const most = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#failures);
    return most / 2 + (most / 2) * this.clock.random();
  }

  #plan(wait: number): void {
    this.clock.clearTimeout(this.#timer as never);
    this.#timer = this.clock.setTimeout(() => void this.ask(), wait);
  }
}
