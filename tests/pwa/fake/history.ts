/**
 * What the made-up server knows, and what a restore from backup takes of it: changes, records, grants, numbers. It folds
 * by laying each change over those before it, so it never contests; changes that were taken back lie where they lay
 * before, so that the records come to what they were.
 */
import { layOver } from '../../../pwa/src/store/overlay';
import type { ToldNotice } from '../../../pwa/src/store/notices';
import type { Change, Refusal, ServerRecord } from '../../../pwa/src/store/types';
import type {
  Outcomes,
  Request as SyncRequest,
  Taken,
  TakenBack,
} from '../../../pwa/src/sync/wire';

export type Logged = Change & { device: string; seq: number; seqs: number[] };

/** A record as others' changes left it, or a change; `order` is the number that it had first. */
interface Write {
  order: number;
  seq: number;
  copy?: Omit<ServerRecord, 'version'>;
  change?: Change;
}

interface Epoch {
  id: string;
  start: number;
  restoredHead: number;
}

interface Known {
  head: number;
  epochs: Epoch[];
  log: Logged[];
  writes: Map<string, Write[]>;
  records: Map<string, ServerRecord>;
  positions: Map<string, number>;
  heldSince: Map<string, number>;
  forgotten: Map<string, number>;
  notices: { seq: number; notice: ToldNotice }[];
  dots: Map<string, { sent: string; outcome: Outcomes }>;
  waiting: Map<string, { of: string; change: TakenBack }>;
  salvaged: Map<string, ServerRecord>;
}

export type Backup = Known;

const SPACING = 2 ** 32;

export class FakeHistory {
  #known: Known = {
    head: 0,
    epochs: [{ id: 'epoch-1', start: 0, restoredHead: 0 }],
    log: [],
    writes: new Map(),
    records: new Map(),
    positions: new Map(),
    heldSince: new Map(),
    forgotten: new Map(),
    notices: [],
    dots: new Map(),
    waiting: new Map(),
    salvaged: new Map(),
  };
  #restores = 0;
  epoch = 'epoch-1';
  /** Until a supervisor ends the restore, what lacks something waits for it. */
  isRestoring = false;
  /** Records in one answer, at most, whatever is asked for. */
  mostRecords = Infinity;
  /** Asked of each change that is judged: why it is refused, or null. */
  refuse: (change: Change) => Refusal | null = () => null;
  /** Where it moves the `at` of a change. */
  correct: (change: Change) => number = ({ at }) => at;

  get head(): number {
    return this.#known.head;
  }

  set head(head: number) {
    this.#known.head = head;
  }

  get records(): Map<string, ServerRecord> {
    return this.#known.records;
  }

  /** Accepted changes, in the order in which they came. */
  get log(): readonly Logged[] {
    return this.#known.log;
  }

  get salvaged(): ServerRecord[] {
    return [...this.#known.salvaged.values()];
  }

  get waiting(): TakenBack[] {
    return [...this.#known.waiting.values()].map(({ change }) => change);
  }

  /** A record as a fold of others' changes left it: it moves past every cursor. */
  put(record: Omit<ServerRecord, 'version'>): ServerRecord {
    const seq = this.#count();
    if (record.patient) this.#known.forgotten.delete(record.patient);
    return this.#write(record.id, { order: seq, seq, copy: record });
  }

  /** The chart is handed over: its grant ends. */
  takeAway(patient: string): void {
    this.#known.forgotten.set(patient, this.#count());
  }

  giveBack(patient: string): void {
    this.#known.forgotten.delete(patient);
    this.#known.heldSince.set(patient, this.#count());
    this.#release();
  }

  tell(notice: ToldNotice): void {
    this.#known.notices.push({ seq: this.#count(), notice });
  }

  backup(): Backup {
    return structuredClone(this.#known);
  }

  /** What came after the backup is lost, and a new epoch begins beyond every number that was given. */
  restore(backup: Backup): void {
    const least = Math.max(this.head, backup.head);
    this.#known = structuredClone(backup);
    this.#restores += 1;
    const start = (Math.floor(least / SPACING) + 1) * SPACING;
    this.epoch = `epoch-${1 + this.#restores}`;
    this.#known.epochs.push({ id: this.epoch, start, restoredHead: backup.head });
    this.head = start;
    this.isRestoring = true;
  }

  /** What still waits is refused. */
  endRestore(): void {
    this.isRestoring = false;
    this.#release();
  }

  /** Where the present epoch starts: a cursor before that is of none. */
  get start(): number {
    return this.#known.epochs.at(-1)!.start;
  }

  /** The lost numbers, of those that somebody of that epoch knew. */
  lostTo(known: string): { head: number; start: number } {
    const { epochs } = this.#known;
    const since = epochs.find(({ id }) => id === known)?.start ?? -1;
    const missed = epochs.filter(({ start }) => start > Math.max(since, 0));
    const { start } = this;
    return { head: Math.min(start, ...missed.map((one) => one.restoredHead)), start };
  }

  /** Dots among these that stand for something else here; null where there are none. */
  copied(of: string, changes: readonly TakenBack[]): Outcomes | null {
    const known = changes.map((change) => this.#known.dots.get(`${of}/${change.n}`));
    const isSame = known.map((dot, nth) => dot?.sent === sentAs(changes[nth]!));
    if (known.every((dot, nth) => !dot || isSame[nth])) return null;
    return merged(known.flatMap((dot, nth) => (dot && isSame[nth] ? dot.outcome : [])));
  }

  push(device: string, changes: readonly Change[]): Outcomes {
    return merged(changes.map((change) => this.#take(device, change)));
  }

  takeBack(of: string, changes: readonly TakenBack[]): Taken {
    const waiting: number[] = [];
    const outcomes = changes.map((change) => {
      const key = `${of}/${change.n}`;
      const first = this.#known.dots.get(key);
      const lacks = !first && this.#lacks(change);
      if (!lacks) return this.#take(of, change);
      if (!this.isRestoring) return this.#answer(of, change, lacks);
      this.#known.waiting.set(key, { of, change });
      waiting.push(change.n);
      return { accepted: [], refused: [] };
    });
    this.#release();
    return { ...merged(outcomes), waiting };
  }

  salvage(records: readonly ServerRecord[]): void {
    for (const record of records) this.#known.salvaged.set(JSON.stringify(record), record);
  }

  pull({ cursor, limit }: SyncRequest) {
    const { positions, heldSince, forgotten, notices } = this.#known;
    const after = cursor === null ? -1 : Number(cursor);
    const placeOf = (record: ServerRecord) =>
      Math.max(positions.get(record.id)!, heldSince.get(record.patient ?? '') ?? 0);
    const behind = [...this.records.values()]
      .filter((record) => !forgotten.has(record.patient ?? '') && placeOf(record) > after)
      .sort((one, other) => placeOf(one) - placeOf(other));
    const most = Math.min(limit, this.mostRecords);
    const page = behind.slice(0, most);
    // A cursor is a number: what shares the last one comes with it.
    const last = page.length ? placeOf(page.at(-1)!) : 0;
    const records = behind.filter((record, nth) => nth < most || placeOf(record) === last);
    const more = behind.length > records.length;
    const past = (seq: number) => seq > after;
    return {
      records,
      more,
      cursor: String(more ? last : this.head),
      forget:
        cursor === null ? [] : [...forgotten].filter(([, seq]) => past(seq)).map(([id]) => id),
      set_aside: notices.filter(({ seq }) => past(seq)).map(({ notice }) => notice),
    };
  }

  #take(of: string, change: TakenBack): Outcomes {
    const first = this.#known.dots.get(`${of}/${change.n}`);
    if (first) return first.outcome;
    const believed = this.#believed(change);
    return this.#answer(of, change, believed.length ? null : this.refuse(change));
  }

  #answer(of: string, change: TakenBack, refusal: Refusal | null): Outcomes {
    const outcome: Outcomes = { accepted: [], refused: [] };
    const key = `${of}/${change.n}`;
    if (refusal) outcome.refused.push({ n: change.n, ...refusal });
    else {
      const seq = this.#count();
      const { seqs: _, corrected, ...sent } = change;
      const seqs = this.#believed(change);
      this.#write(change.record, { order: seqs[0] ?? seq, seq, change: sent });
      this.#known.log.push({ ...sent, device: of, seq, seqs });
      const at = corrected ?? this.correct(sent);
      outcome.accepted.push({ n: change.n, seq, ...(at === change.at ? {} : { at }) });
    }
    this.#known.waiting.delete(key);
    this.#known.dots.set(key, { sent: sentAs(change), outcome });
    return outcome;
  }

  /** Numbers that a restore took, of those that a phone says a change had. */
  #believed({ seqs = [] }: TakenBack): number[] {
    const spans = this.#known.epochs.slice(1);
    return seqs.filter((seq) => spans.some((one) => one.restoredHead < seq && seq < one.start));
  }

  /** What a change waits for while a restore lasts. */
  #lacks({ patient, record, seen }: Change): Refusal | null {
    if (patient !== null && this.#known.forgotten.has(patient))
      return { code: 'not_yours', message: 'Not yours.' };
    const isThere = this.records.has(record) || seen === 0;
    return isThere ? null : { code: 'unknown_record', message: 'No such record.' };
  }

  /** Folds what waited and lacks nothing any more, in its order. */
  #release(): void {
    const before = this.#known.waiting.size;
    for (const { of, change } of this.#known.waiting.values()) {
      const lacks = this.#lacks(change);
      if (!lacks) this.#take(of, change);
      else if (!this.isRestoring) this.#answer(of, change, lacks);
    }
    if (this.#known.waiting.size < before) this.#release();
  }

  #write(id: string, write: Write): ServerRecord {
    const writes = [...(this.#known.writes.get(id) ?? []), write];
    writes.sort((one, other) => one.order - other.order);
    this.#known.writes.set(id, writes);
    let folded: ServerRecord | null = null;
    for (const { copy, change } of writes) {
      if (copy) folded = { ...copy, version: 0 };
      else {
        const { unsent: _, ...record } = layOver(folded, [change!], () => false)!;
        folded = record;
      }
    }
    const record = { ...folded!, version: Math.max(...writes.map(({ seq }) => seq)) };
    this.#known.records.set(id, record);
    this.#known.positions.set(id, this.head);
    return record;
  }

  #count(): number {
    return (this.head += 1);
  }
}

function merged(outcomes: Outcomes[]): Outcomes {
  return {
    accepted: outcomes.flatMap((one) => one.accepted),
    refused: outcomes.flatMap((one) => one.refused),
  };
}

/** Its digest: what the server said of it since it was first sent counts for nothing. */
function sentAs({ seqs: _, corrected: __, ...change }: TakenBack): string {
  return JSON.stringify(Object.entries(change).sort());
}
