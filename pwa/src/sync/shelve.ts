/**
 * Puts what an answer brought onto the shelves, and takes off them what it names or, once a pull from nothing is
 * complete, what that did not bring (protocol.md, "The phone" and "A restored server").
 */
import { chartOf, listShelves, replace, shelfOf, tryShelf, type Shelf } from '../store/charts';
import { draftsOf } from '../store/drafts';
import { filesOf } from '../store/files';
import { isLaid, isUnanswered } from '../store/journal';
import type { Ledger } from '../store/ledger';
import type { Memory } from '../store/memory';
import type { Step } from '../store/step';
import type { Store } from '../store/store';
import type { ServerRecord } from '../store/types';
import { isReplaced, recallBrought, rememberBrought } from './anew';
import { noteIf } from './outcomes';
import type { Answer } from './wire';

export interface Shelved {
  /** The copies on each shelf that is written; null for one that is gone. */
  written: Map<Shelf, ServerRecord[] | null>;
  /** Shelves of which no copy is written, and changes that lay on them are shown no more. */
  touched: Shelf[];
  /** Shelves to which something came that could not be added: all of it must come once more. */
  damaged: Shelf[];
  /** Shelves that a pull from nothing has brought so far. */
  brought: string[];
}

export async function shelve(
  store: Store,
  step: Step,
  { progress: { anew } }: Memory,
  ledger: Ledger,
  answer: Answer,
  now: number,
): Promise<Shelved> {
  const written: Shelved['written'] = new Map();
  const damaged: Shelf[] = [];
  const brought = new Set([...(anew?.brought ?? []), ...answer.records.map(shelfOf)]);
  const isComplete = !answer.more;
  const gone = new Set(answer.forget);
  if (anew && isComplete)
    for (const shelf of await listShelves(store.db))
      if (shelf.startsWith('chart/') && !brought.has(shelf)) gone.add(shelf.slice(6));
  for (const patient of gone) {
    await forget(store, step, ledger, patient, now);
    written.set(chartOf(patient), null);
  }
  for (const [shelf, arrived] of Map.groupBy(answer.records, shelfOf)) {
    const isFresh = written.has(shelf) || isReplaced(anew, shelf);
    const held = isFresh ? null : await tryShelf(store.db, step.seal, shelf);
    // What came is the difference to something that cannot be read.
    if (held === undefined) damaged.push(shelf);
    else await put(step, written, shelf, replace(held ?? [], arrived));
    if (arrived[0]!.patient !== null) showAgain(ledger, arrived[0]!.patient);
  }
  coverLaid(ledger, answer.records, now);
  if (anew?.whole) {
    const ids = await recallBrought(store);
    for (const { id } of answer.records) ids.add(id);
    if (isComplete) await takeOff(store, step, written, ids);
    await rememberBrought(step, isComplete ? null : ids);
  }
  const isUnpulled = (shelf: Shelf, patient: string | null) =>
    patient === null || (anew?.whole === true && !brought.has(shelf));
  const touched = isComplete ? dropUnpulled(ledger, isUnpulled) : [];
  return { written, touched, damaged, brought: [...brought] };
}

async function put(
  step: Step,
  written: Shelved['written'],
  shelf: Shelf,
  copies: ServerRecord[],
): Promise<void> {
  written.set(shelf, copies);
  await step.put(shelf, copies);
}

/** Takes off every shelf the copies of records that are not among those that came. */
async function takeOff(
  store: Store,
  step: Step,
  written: Shelved['written'],
  came: ReadonlySet<string>,
): Promise<void> {
  for (const shelf of new Set([...(await listShelves(store.db)), ...written.keys()])) {
    const copies = written.has(shelf)
      ? written.get(shelf)
      : await tryShelf(store.db, step.seal, shelf);
    const left = copies?.filter(({ id }) => came.has(id));
    if (!copies || left!.length === copies.length) continue;
    if (left!.length) await put(step, written, shelf, left!);
    else {
      step.erase(shelf);
      written.set(shelf, null);
    }
  }
}

/** The chart leaves: what is answered goes with it, what is not stays sealed and unshown until it is. */
async function forget(
  store: Store,
  step: Step,
  ledger: Ledger,
  patient: string,
  now: number,
): Promise<void> {
  step.erase(chartOf(patient));
  step.eraseUnder(draftsOf(patient));
  step.eraseUnder(filesOf(patient));
  for (const row of await store.db.getAllFromIndex('journal', 'patient', patient))
    if (row.state === 'kept') ledger.drop(row);
  for (const entry of ledger.all().filter((one) => one.patient === patient)) {
    if (entry.state === 'laid') ledger.drop(entry);
    else if (isUnanswered(entry)) ledger.put({ ...entry, unshown: true });
    else ledger.put(noteIf(true, { answered: now, ...entry }));
  }
}

/** The chart is held again: what of it still waits for an answer is shown again. */
function showAgain(ledger: Ledger, patient: string): void {
  for (const { unshown, ...entry } of ledger.all())
    if (unshown && entry.patient === patient) ledger.put(entry);
}

/**
 * An accepted change is laid over its record until a copy with version ≥ its seq arrives. One that waits is laid over a
 * copy that has come since it was found lost.
 */
function coverLaid(ledger: Ledger, records: ServerRecord[], now: number): void {
  const version = new Map(records.map((record) => [record.id, record.version]));
  for (const entry of ledger.all()) {
    const arrived = version.get(entry.change?.record ?? '');
    if (arrived === undefined) continue;
    const { covered, ...rest } = entry;
    if (covered) ledger.put(rest);
    else if (entry.state === 'laid' && isLaid(entry) && arrived >= entry.seq!)
      ledger.put({ ...entry, state: 'kept', answered: entry.answered ?? now });
  }
}

/**
 * A record of no chart that has not come when all has come is pulled by nobody, as the office's own: what was made of it
 * here was only passed on, and leaves. So does what was made of a chart that a pull from nothing did not bring. Returns
 * the shelves on which it lay.
 */
function dropUnpulled(
  ledger: Ledger,
  isUnpulled: (shelf: Shelf, patient: string | null) => boolean,
): Shelf[] {
  const unpulled = ledger
    .all()
    .filter(
      ({ state, change, patient }) => state === 'laid' && isUnpulled(shelfOf(change!), patient),
    );
  unpulled.forEach((entry) => ledger.drop(entry));
  return unpulled.map((entry) => shelfOf(entry.change!));
}
