/**
 * Locks an open phone that nobody touches, and closes one that has been too long without the server. Timers sleep when
 * a phone does, and clocks can be set back: whichever of the two says so first, it is time.
 */
import type { Clock } from '../sync/schedule';

interface Around {
  /** When another tab was last in use, by the same clock: a hidden one may have slept through being told. */
  usedElsewhere(): number;
  /** Locks for want of a touch. */
  lock(): void;
  /** Every few minutes, while watched. */
  tick(): void;
}

const MINUTE = 60_000;
const TICK = 5 * MINUTE;

export class Watch {
  #idle = 5 * MINUTE;
  #touched = 0;
  #timer: unknown = null;
  #tick: unknown = null;
  #isOn = false;

  constructor(
    private readonly clock: Clock,
    private readonly around: Around,
  ) {}

  /** How long the phone stays open untouched; milliseconds. It holds at once. */
  set idle(idle: number) {
    this.#idle = idle;
    if (this.#timer !== null) this.#arm(this.#touched + idle - this.clock.now());
  }

  /** Begins, or goes on. */
  start(): void {
    if (this.#isOn) return;
    this.#isOn = true;
    this.touch();
    this.#tickOn();
  }

  stop(): void {
    this.#isOn = false;
    this.clock.clearTimeout(this.#timer as never);
    this.clock.clearTimeout(this.#tick as never);
    this.#timer = null;
  }

  /** Somebody uses the phone. */
  touch(): void {
    if (!this.#isOn) return;
    // A phone that was left and comes back is not open again because it is touched.
    if (this.#timer !== null && this.isDue()) return this.#due();
    this.#touched = this.clock.now();
    this.#arm(this.#idle);
  }

  /** After the page was hidden: locks at once where the time is up. True where it did. */
  check(): boolean {
    if (!this.#isOn || !this.isDue()) return false;
    this.#due();
    return true;
  }

  isDue(): boolean {
    return this.#leftElsewhere() === 0 && this.clock.now() - this.#touched >= this.#idle;
  }

  /** How long the use of another tab keeps this one open. A time to come, of a clock that was set back, keeps nothing. */
  #leftElsewhere(): number {
    const since = this.clock.now() - this.around.usedElsewhere();
    return since < 0 ? 0 : Math.max(0, this.#idle - since);
  }

  #arm(wait: number): void {
    this.clock.clearTimeout(this.#timer as never);
    this.#timer = this.clock.setTimeout(() => this.#due(), Math.max(0, wait));
  }

  #due(): void {
    const left = this.#leftElsewhere();
    if (left > 0) return this.#arm(left);
    this.stop();
    this.around.lock();
  }

  #tickOn(): void {
    this.#tick = this.clock.setTimeout(() => {
      this.around.tick();
      if (this.#isOn) this.#tickOn();
    }, TICK);
  }
}
