/**
 * Screens in a file of their own, so that the app starts without them. The service worker keeps every file from the
 * first visit on, and they are fetched ahead once the app stands: they open offline, and as fast as any other.
 */
export class Later<Screens> {
  /** Null until they are here. */
  screens: Screens | null = $state.raw(null);
  /** They could not be fetched: the signal went before the phone had kept everything. */
  missing: boolean = $state(false);
  #asked: Promise<void> | null = null;

  constructor(private readonly bring: () => Promise<Screens>) {}

  /** Asks once, and once more only where they could not be fetched. */
  fetch(): Promise<void> {
    this.#asked ??= this.#fetch();
    return this.#asked;
  }

  async #fetch(): Promise<void> {
    this.missing = false;
    try {
      this.screens = await this.bring();
    } catch {
      this.missing = true;
      this.#asked = null;
    }
  }
}

export const next = new Later(() => import('./next'));
export const seldom = new Later(() => import('./seldom'));

/** One after the other, so that nothing a person does meanwhile has to wait for both. */
export async function fetchAhead(): Promise<void> {
  await next.fetch();
  await seldom.fetch();
}
