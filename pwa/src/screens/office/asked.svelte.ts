/**
 * Something that a screen asks the office for: what came, what is still on its way, and why nothing came. Kept while
 * the screen is open and no longer; nothing of it is ever stored.
 */
import type { NoAnswer, Reply } from '../../sync/client';
import { saidOf, type Said } from '../sync/troubles';

/** The four words of the phone and `unable`, with refused told more finely: not for this role, or nothing there. */
export type Failure = Said | 'forbidden' | 'gone';

export interface Failed {
  why: Failure;
  /** The server's own sentence, where it said one. */
  detail: string | null;
  code: string | null;
}

export function failedOf({ trouble, status, code, detail }: NoAnswer): Failed {
  const said = saidOf(trouble, detail ?? null);
  return { why: whyOf(said, status, code), detail: detail ?? null, code: code ?? null };
}

function whyOf(said: Said, status: number | undefined, code: string | undefined): Failure {
  if (said !== 'refused') return said;
  if (status === 404) return 'gone';
  return code === 'forbidden' ? 'forbidden' : 'refused';
}

export class Asked<T> {
  /** What came last; stays while it is asked for again, so that a screen does not flicker. */
  value: T | null = $state.raw(null);
  failed: Failed | null = $state.raw(null);
  busy = $state(false);

  #turn = 0;

  /** `held` is what the answer continues, null where the asking begins anew. */
  constructor(private readonly request: (held: T | null) => Promise<Reply<T>>) {}

  /** Asks from the beginning. Of two askings the later one counts, whichever answer comes first. */
  ask(): Promise<void> {
    return this.#go(null);
  }

  /** Asks for what follows what is here. */
  async more(): Promise<void> {
    if (!this.busy) await this.#go(this.value);
  }

  /** Asks from the beginning for something else: what stood before is another question's answer. */
  turn(): Promise<void> {
    this.value = null;
    return this.#go(null);
  }

  async #go(held: T | null): Promise<void> {
    const mine = ++this.#turn;
    this.busy = true;
    const reply = await this.request(held);
    if (mine !== this.#turn) return;
    this.busy = false;
    if ('answer' in reply) {
      this.value = reply.answer;
      this.failed = null;
    } else this.failed = failedOf(reply);
  }
}

export interface Page<T> {
  items: readonly T[];
  /** What to ask with for those that follow; null after the last. */
  next: string | null;
}

/** A list that comes page by page and grows. */
export function pages<T>(ask: (after: string | null) => Promise<Reply<Page<T>>>): Asked<Page<T>> {
  return new Asked(async (held) => {
    const reply = await ask(held?.next ?? null);
    if (!held || !('answer' in reply)) return reply;
    const { items, next } = reply.answer;
    return { answer: { items: [...held.items, ...items], next } };
  });
}
