/**
 * Prose that saves itself: a draft while it is typed (see Pauses), a change when the field is left or the page is
 * hidden or locked (protocol.md, "Words": draft). What a colleague writes meanwhile is shown only while nothing is
 * being typed, and is merged with it otherwise: `seen` is the version that stood there at the first letter.
 */
import type { App } from '../state/app.svelte';
import type { Edit, RecordShown } from '../store/types';
import { Pauses } from './pauses';

interface Kept {
  text: string;
  seen: number;
}

export class Prose {
  #typed: string | null = $state(null);
  #seen = 0;
  readonly #pauses = new Pauses(() => void this.#putAway());
  #saving: Promise<void> = Promise.resolve();
  readonly #draft: ReturnType<App['draft']>;

  constructor(
    app: Pick<App, 'draft'>,
    private readonly record: () => RecordShown | null,
    private readonly field: string,
    /** Keeps an edit durably; false where it could not. */
    private readonly keep: (edits: Edit[]) => Promise<boolean>,
  ) {
    this.#draft = app.draft<Kept>(`${record()?.patient ?? 'library'}/${record()?.id}/${field}`);
  }

  get text(): string {
    return this.#typed ?? this.#shown;
  }

  get #shown(): string {
    const value = this.record()?.fields[this.field];
    return typeof value === 'string' ? value : '';
  }

  /** Brings back what was being typed when the phone went dark. */
  async restore(): Promise<void> {
    const kept = (await this.#draft.get()) as Kept | null;
    if (!kept || this.#typed !== null) return;
    this.#typed = kept.text;
    this.#seen = kept.seen;
  }

  type(text: string): void {
    if (this.#typed === null) this.#seen = this.record()?.version ?? 0;
    this.#typed = text;
    this.#pauses.typed();
  }

  /** Turns what is typed into a change, one at a time and in order. */
  leave(): Promise<void> {
    this.#saving = this.#saving.then(() => this.#save());
    return this.#saving;
  }

  async #putAway(): Promise<void> {
    if (this.#typed !== null)
      await this.#draft.put({ text: this.#typed, seen: this.#seen } satisfies Kept);
  }

  async #save(): Promise<void> {
    this.#pauses.stop();
    const [text, record] = [this.#typed, this.record()];
    if (text === null || !record) return;
    if (text !== this.#shown) {
      const { id, kind, patient } = record;
      const set = { [this.field]: text.trim() === '' ? null : text };
      const kept = await this.keep([{ record: id, kind, patient, seen: this.#seen, set }]);
      if (!kept) return this.#putAway();
    }
    if (this.#typed !== text) return; // typed on meanwhile: that is the next change
    this.#typed = null;
    await this.#draft.clear();
  }
}
