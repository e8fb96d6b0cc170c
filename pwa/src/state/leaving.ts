/** Forms that want to save what is typed before the app locks, the page is hidden or a chart leaves the phone. */
type Handler = () => Promise<void> | void;

export class Leaving {
  readonly #handlers = new Set<Handler>();

  /** Returns what ends it. */
  add(handler: Handler): () => void {
    this.#handlers.add(handler);
    return () => void this.#handlers.delete(handler);
  }

  /** Calls every handler and waits for all; one that fails keeps no other from saving. */
  async all(): Promise<void> {
    await Promise.allSettled([...this.#handlers].map(async (handler) => handler()));
  }
}
