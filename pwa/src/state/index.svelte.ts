/** The rows that Today, Patients, Tasks and Review list: one sealed blob, open before any chart is. */
import { asRefused, type Entry, type Row } from '../store/journal';
import type { Memory } from '../store/memory';
import type {
  AppointmentRow,
  Notice,
  PatientRow,
  Refused,
  ReviewRow,
  Summary,
  TaskRow,
  VisitRow,
} from '../store/types';
import type { UnreadableChange, WaitingChange } from './types';

export class Index {
  patients: PatientRow[] = $state.raw([]);
  appointments: AppointmentRow[] = $state.raw([]);
  visits: VisitRow[] = $state.raw([]);
  tasks: TaskRow[] = $state.raw([]);
  review: ReviewRow[] = $state.raw([]);
  /** What was set aside of this member's writes, newest first; until `app.dismiss`. */
  notices: Notice[] = $state.raw([]);

  /** Refused changes, oldest first. */
  refused: Refused[] = $state.raw([]);
  /** Changes that a restored office has and cannot take yet, oldest first. */
  waiting: WaitingChange[] = $state.raw([]);
  /** Entries that cannot be read, oldest first. */
  unreadable: UnreadableChange[] = $state.raw([]);

  readonly #patient = $derived(new Map(this.patients.map((row) => [row.id, row])));

  patient(id: string): PatientRow | null {
    return this.#patient.get(id) ?? null;
  }

  /** Shows what the open store has in memory. */
  follow(memory: Memory): void {
    this.show(memory.summaries.values());
    this.notices = memory.notices.filter((one) => !one.dismissed).toReversed();
    this.refused = memory.entries.filter(({ state }) => state === 'refused').map(asRefused);
    this.waiting = memory.entries.filter(({ state }) => state === 'waiting').flatMap(asWaiting);
    this.unreadable = memory.unreadable.map(asUnreadable);
  }

  /** Nothing is left: the app is locked. */
  clear(): void {
    this.show([]);
    this.notices = [];
    this.refused = [];
    this.waiting = [];
    this.unreadable = [];
  }

  /** Shows the summaries of all charts held. Lists keep the order of their kind; screens sort by what they show. */
  show(summaries: Iterable<Summary>): void {
    const all = [...summaries];
    this.patients = all.flatMap((one) => (one.patient ? [one.patient] : []));
    this.appointments = all.flatMap((one) => one.appointments);
    this.visits = all.flatMap((one) => one.visits);
    this.tasks = all.flatMap((one) => one.tasks);
    this.review = all.flatMap((one) => one.review);
  }
}

function asWaiting({ device, n, patient, change }: Entry): WaitingChange[] {
  return change ? [{ id: `${device}/${n}`, patient, kind: change.kind, at: change.at }] : [];
}

function asUnreadable({ device, n, patient, was }: Row): UnreadableChange {
  return { id: `${device}/${n}`, n, patient, unsent: was === 'pending' };
}
