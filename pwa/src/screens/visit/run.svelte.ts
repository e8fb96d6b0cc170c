/**
 * One visit being led: its record, the chart around it, and the saving of every tap. A tap is one durable write, and
 * the screen says "saved" only when it is; each step of the visit calls nothing but this.
 */
import { createContext } from 'svelte';
import { datetimeAt } from '../../fields/times';
import type { App } from '../../state/app.svelte';
import type { Chart } from '../../state/chart.svelte';
import type { Edit, Json, RecordShown, Said } from '../../store/types';

export type Saved = 'idle' | 'saving' | 'saved' | 'failed';

export class VisitRun {
  saved: Saved = $state('idle');
  savedAt: number | null = $state(null);
  #underWay = 0;

  constructor(
    readonly app: App,
    readonly id: string,
    readonly patient: string,
  ) {}

  get chart(): Chart {
    return this.app.chart(this.patient);
  }

  get record(): RecordShown | null {
    return this.chart.get(this.id);
  }

  get me(): string {
    return this.app.me?.member ?? '';
  }

  /** The moment of a tap, by this phone's clock. */
  now(): string {
    return datetimeAt(Date.now());
  }

  /** Says something of the visit itself. */
  say(said: Said): Promise<boolean> {
    return this.record ? this.keep([this.editOf(this.record, said)]) : Promise.resolve(false);
  }

  /** An edit of a record as it stands on the screen at this moment. */
  editOf(record: RecordShown, said: Said): Edit {
    return {
      record: record.id,
      kind: record.kind,
      patient: record.patient,
      seen: record.version,
      ...said,
    };
  }

  /** An edit that makes a new record of this chart; what says nothing is left out. */
  creation(kind: string, fields: Record<string, Json>): Edit {
    const set = Object.fromEntries(
      Object.entries(fields).filter(([, value]) => value !== null && value !== ''),
    );
    return { record: this.app.newId(), kind, patient: this.patient, seen: 0, set };
  }

  /** Keeps edits in one durable write. False where there was no room; nothing of them is kept then. */
  async keep(edits: Edit[]): Promise<boolean> {
    this.saved = 'saving';
    this.#underWay += 1;
    try {
      await this.app.save(edits);
      this.savedAt = Date.now();
      if (this.#underWay === 1) this.saved = 'saved';
      return true;
    } catch {
      this.saved = 'failed';
      return false;
    } finally {
      this.#underWay -= 1;
    }
  }

  /** Records of a kind that were made during this visit and not taken back. */
  made(kind: string): RecordShown[] {
    return this.chart
      .of(kind)
      .filter(({ fields }) => fields.visit === this.id && fields.status !== 'entered-in-error');
  }
}

export const [useVisit, provideVisit] = createContext<VisitRun>();
