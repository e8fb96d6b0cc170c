/**
 * A form over one record: what it showed when it opened, what its author made of it, and what that changes.
 * `seen` is the version that stood before the author's eyes when it opened (protocol.md, "The phone"). What is typed
 * is put away as a draft at each pause and every two seconds without one, so that a dead battery takes nothing.
 */
import type { App } from '../state/app.svelte';
import type { Edit, Json, RecordShown, Refused } from '../store/types';
import { fieldNamed, kindNamed, mayWrite, type Field, type Kind } from './catalogue';
import { changesOf, isEmpty, stamped, withParts, type Parts, type Values } from './changes';
import { problemOf, problemOfSpan, type Problem } from './check';
import { isEqual } from './equal';
import { Pauses } from './pauses';
import { datetimeAt } from './times';

interface Kept {
  record: string;
  seen: number;
  before: Values;
  after: Values;
  settled: string[];
}

export interface FormOptions {
  kind: string;
  /** Null for a record of the library. */
  patient: string | null;
  record?: RecordShown | null;
  /** Names a form for a new record among others of its kind, so that each has its own draft. */
  purpose?: string;
  /** Only these fields, in this order. */
  only?: readonly string[];
  /** What a new record starts with. */
  start?: Values;
  /** A refused change that is being mended. */
  mend?: Refused;
}

export class FormState {
  readonly kind: Kind;
  readonly fields: readonly Field[];
  readonly isNew: boolean;
  record: string;
  values: Values = $state.raw({});
  settled: ReadonlySet<string> = $state.raw(new Set());
  /** A draft of an earlier sitting stands in the form. */
  restored = $state(false);
  /** Problems are told from the first try to save on, not while somebody is still typing. */
  tried = $state(false);
  before: Values = $state.raw({});
  #seen: number;
  /** What stood in the form before anything was typed: nothing to put away. */
  #untouched: Values;
  readonly #draft: ReturnType<App['draft']>;
  readonly #pauses = new Pauses(() => void this.putAway());

  constructor(
    private readonly app: App,
    private readonly options: FormOptions,
  ) {
    const { kind, patient, record, purpose, mend } = options;
    const shape = kindNamed(kind);
    if (!shape) throw new Error(`The catalogue has no kind ${kind}`);
    this.kind = shape;
    this.isNew = !record;
    this.fields = this.#fieldsOf(shape);
    this.record = record?.id ?? mend?.change?.record ?? app.newId();
    this.before = record?.fields ?? {};
    this.#seen = record?.version ?? 0;
    this.values = this.#untouched = this.#start();
    const name = mend?.id ?? record?.id ?? `new/${purpose ?? kind}`;
    this.#draft = app.draft<Kept>(`${patient ?? 'library'}/form/${name}`);
  }

  /** What is wrong, by field; empty when the form can be saved. */
  get problems(): Record<string, Problem> {
    const found = this.fields.flatMap((field) => {
      const problem =
        problemOf(field, this.values[field.name]) ??
        (field.name === 'end' && this.#isMoved ? problemOfSpan(this.values) : null);
      return problem ? [[field.name, problem] as const] : [];
    });
    return Object.fromEntries(found);
  }

  /** Whoever changes something else need not first settle the times, which may be contested. */
  get #isMoved(): boolean {
    const { before, values } = this;
    return ['start', 'end'].some((name) => !isEqual(before[name] ?? null, values[name] ?? null));
  }

  get isChanged(): boolean {
    return !isEmpty(this.#parts());
  }

  #parts(): Parts {
    const { fields, before, values: after, isNew, settled } = this;
    return changesOf({ fields, before, after, isNew, settled });
  }

  #start(): Values {
    const { start, mend } = this.options;
    return mend?.change ? withParts(this.before, mend.change) : { ...this.before, ...start };
  }

  /** Brings back what was typed before the app was closed. */
  async restore(): Promise<void> {
    const kept = (await this.#draft.get()) as Kept | null;
    if (!kept) return;
    this.record = kept.record;
    this.before = kept.before;
    this.#seen = kept.seen;
    this.values = kept.after;
    this.settled = new Set(kept.settled);
    this.restored = true;
  }

  change(name: string, value: Json): void {
    this.values = { ...this.values, [name]: value };
    this.#pauses.typed();
  }

  /** Decides a contested field: `value` is written even where it is the one that shows. */
  settle(name: string, value: Json): void {
    this.settled = new Set([...this.settled, name]);
    this.change(name, value);
  }

  /** Keeps what is typed as a draft: while it is typed (see Pauses), and when the app is left. */
  async putAway(): Promise<void> {
    this.#pauses.stop();
    if (this.values === this.#untouched) return;
    const { record, before, values: after } = this;
    await this.#draft.put({
      record,
      seen: this.#seen,
      before,
      after,
      settled: [...this.settled],
    } satisfies Kept);
  }

  /** Forgets what was typed: the form shows the record as it stands. */
  async startOver(): Promise<void> {
    await this.forget();
    const { record } = this.options;
    this.before = record?.fields ?? {};
    this.#seen = record?.version ?? 0;
    this.values = this.#untouched = this.#start();
    this.settled = new Set();
    this.restored = this.tried = false;
  }

  /** Lets go of the draft; what stands in the form is not put away again. */
  async forget(): Promise<void> {
    this.#pauses.stop();
    this.#untouched = this.values;
    await this.#draft.clear();
  }

  /**
   * Saves what was changed, with `also` in the same durable write. False where something is still wrong with it;
   * then nothing is saved. Throws what `app.save` throws, with the draft kept.
   */
  async save(also: readonly Edit[] = []): Promise<boolean> {
    this.tried = true;
    if (Object.keys(this.problems).length) return false;
    this.#pauses.stop();
    const edits = this.isChanged ? [this.#edit(), ...also] : [...also];
    const { mend } = this.options;
    if (mend && this.isChanged) {
      await this.app.sendAgain(mend.id, edits[0]);
      edits.shift();
    }
    if (edits.length) await this.app.save(edits);
    await this.forget();
    return true;
  }

  #edit(): Edit {
    const { kind, patient } = this.options;
    const parts = stamped(
      this.fields,
      this.#parts(),
      this.app.me?.member ?? '',
      datetimeAt(Date.now()),
    );
    return {
      record: this.record,
      kind,
      patient: kind === 'patient' ? this.record : patient,
      seen: this.#seen,
      ...parts,
    };
  }

  #fieldsOf(kind: Kind): Field[] {
    const role = this.app.me?.role ?? 'coordinator';
    const { only, record } = this.options;
    const named = only
      ?.map((name) => fieldNamed(kind.kind, name))
      .filter((field) => field !== undefined);
    return (named ?? kind.fields).filter(
      (field) =>
        mayWrite(kind, role, field) && !isSigned(field) && !(field.rule === 'once' && record),
    );
  }
}

/** A signature is drawn, not typed. */
function isSigned(field: Field): boolean {
  return field.parts?.some(({ format }) => format === 'strokes') ?? false;
}

/** The fields that a signature on the record locks (protocol.md, "Creation and locks"). */
export function lockedFields(kind: Kind, fields: Values): ReadonlySet<string> {
  const signed = kind.fields.filter(
    ({ name, locks }) => locks && ((fields[name] as Json[] | null)?.length ?? 0) > 0,
  );
  return new Set(signed.flatMap(({ locks }) => locks ?? []));
}
