/** When what is typed is put away: at each pause, and every two seconds while somebody types without one. */
const PAUSE = 500;
const LONGEST = 2000;

export class Pauses {
  #pause: ReturnType<typeof setTimeout> | undefined;
  #longest: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly putAway: () => void) {}

  typed(): void {
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => this.#due(), PAUSE);
    this.#longest ??= setTimeout(() => this.#due(), LONGEST);
  }

  /** Nothing waits to be put away any more. */
  stop(): void {
    clearTimeout(this.#pause);
    clearTimeout(this.#longest);
    this.#longest = undefined;
  }

  #due(): void {
    this.stop();
    this.putAway();
  }
}
