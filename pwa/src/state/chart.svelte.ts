/** One open chart, or one kind of the library: records as shown, kept up to date while a screen looks at it. */
import type { RecordShown } from '../store/types';

export class Records {
  #records: ReadonlyMap<string, RecordShown> = $state.raw(new Map());
  /** Not derived: a derived belongs to the screen that first asked for the chart, and ends with it. */
  #byKind: ReadonlyMap<string, RecordShown[]> = $state.raw(new Map());

  /** Records of the kind that are not deleted, in the order in which they were made. */
  of(kind: string): RecordShown[] {
    return (this.#byKind.get(kind) ?? []).filter((record) => !record.deleted);
  }

  /** Any record, a deleted one too. */
  get(id: string): RecordShown | null {
    return this.#records.get(id) ?? null;
  }

  all(): RecordShown[] {
    return [...this.#records.values()];
  }

  show(records: Iterable<RecordShown>): void {
    const inOrder = [...records].sort((a, b) => (a.id < b.id ? -1 : 1));
    this.#records = new Map(inOrder.map((record) => [record.id, record]));
    this.#byKind = Map.groupBy(inOrder, (record) => record.kind);
  }
}

export class Chart extends Records {
  /**
   * absent: this phone does not hold the chart, or holds it no longer. unreadable: its copy here is damaged and comes
   * anew with the next sync; what this phone has not sent of it is shown meanwhile.
   */
  state: 'loading' | 'open' | 'absent' | 'unreadable' = $state('loading');

  constructor(readonly id: string) {
    super();
  }

  /** The patient record itself. */
  get patient(): RecordShown | null {
    return this.get(this.id);
  }
}
