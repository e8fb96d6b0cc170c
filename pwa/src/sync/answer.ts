/**
 * Takes an answer into the store, in one step: what became of the changes, the charts to forget, the records that
 * came, what was set aside, and the cursor that stands for all of it (protocol.md, "One round trip" and "The phone").
 */
import { chartOf, listShelves, replace, shelfOf, tryShelf, type Shelf } from '../store/charts';
import { draftsOf } from '../store/drafts';
import { filesOf } from '../store/files';
import { INDEX, indexOf } from '../store/index';
import { isLaid, KEPT_FOR, type Entry } from '../store/journal';
import { Ledger } from '../store/ledger';
import { contactAt, putClock } from '../store/lease';
import { merge, NOTICES, summariseShelves, withEntries } from '../store/memory';
import { takeNotices } from '../store/notices';
import { readPlace } from '../store/reads';
import type { Step } from '../store/step';
import type { Store } from '../store/store';
import type { ServerRecord } from '../store/types';
import { isReplaced } from './anew';
import type { Answer, Outcomes } from './wire';

/** What the answer answers: the device that asked and the reads it told. */
export interface Asked {
  device: string;
  reads: readonly { id: string }[];
}

export function applyAnswer(
  store: Store,
  answer: Answer,
  asked: Asked,
  now: number,
): Promise<void> {
  return store.write(async (step, memory) => {
    const ledger = new Ledger(memory.entries);
    const touched = new Set<Shelf>();
    settle(ledger, answer, asked.device, now).forEach((shelf) => touched.add(shelf));

    const { anew } = memory.progress;
    const damaged = new Set(memory.damaged);
    const brought = new Set([...(anew?.brought ?? []), ...answer.records.map(shelfOf)]);
    const written = new Map<Shelf, ServerRecord[] | null>();
    const gone = new Set(answer.forget);
    if (anew && !answer.more)
      for (const shelf of await listShelves(store.db))
        if (shelf.startsWith('chart/') && !brought.has(shelf)) gone.add(shelf.slice(6));
    for (const patient of gone) {
      await forget(store, step, ledger, patient, now);
      written.set(chartOf(patient), null);
    }
    for (const [shelf, arrived] of Map.groupBy(answer.records, shelfOf)) {
      const isFresh = written.has(shelf) || isReplaced(anew, shelf);
      const held = isFresh ? null : await tryShelf(store.db, step.seal, shelf);
      if (held === undefined) {
        // What came is the difference to something that cannot be read: all of it must come once more.
        damaged.add(shelf);
        continue;
      }
      written.set(shelf, replace(held ?? [], arrived));
      await step.put(shelf, written.get(shelf));
      if (arrived[0]!.patient !== null) showAgain(ledger, arrived[0]!.patient);
    }
    coverLaid(ledger, answer.records, now);
    if (!answer.more) dropUnpulled(ledger).forEach((shelf) => touched.add(shelf));
    for (const row of await store.db.getAllFromIndex('journal', 'answered', longAgo(now), 500))
      if (row.state === 'kept') ledger.drop(row);
    await ledger.write(step);

    const shelves = [...touched, ...written.keys()];
    const after = { ...memory, entries: ledger.all(), contact: now };
    const { member } = memory.account.me;
    const summarised = await summariseShelves(store, after.entries, shelves, member, written);
    after.summaries = merge(memory.summaries, summarised.fresh);
    summarised.damaged.forEach((shelf) => damaged.add(shelf));
    if (shelves.length) await step.put(INDEX, indexOf(after.summaries));
    if (answer.set_aside.length) {
      const ids = new Set(answer.set_aside.map(({ record }) => record));
      const located = await locate(store, ids, written);
      const whereIs = (id: string) => located.get(id) ?? null;
      after.notices = takeNotices(memory.notices, answer.set_aside, whereIs, now);
      await step.put(NOTICES, after.notices);
    }
    for (const { id } of asked.reads) step.erase(readPlace(id));
    after.progress = { epoch: answer.epoch, cursor: answer.cursor };
    if (anew && answer.more) after.progress.anew = { ...anew, brought: [...brought] };
    else for (const shelf of anew?.damaged ?? []) damaged.delete(shelf as Shelf);
    after.damaged = damaged;
    step.plain('progress', after.progress);
    step.plain('contact', now);
    await putClock(step, contactAt(now));
    return { memory: after, shelves, result: undefined };
  });
}

/** Only what became of changes, where nothing else came. */
export function applyOutcomes(
  store: Store,
  outcomes: Outcomes,
  device: string,
  now: number,
): Promise<void> {
  return store.write(async (step, memory) => {
    const ledger = new Ledger(memory.entries);
    const shelves = settle(ledger, outcomes, device, now);
    await ledger.write(step);
    const after = await withEntries(store, memory, ledger.all(), shelves);
    if (shelves.length) await step.put(INDEX, indexOf(after.summaries));
    return { memory: after, shelves, result: undefined };
  });
}

/** What became of changes of `device`; returns the shelves they lie on. An answer to a dot is final. */
export function settle(ledger: Ledger, outcomes: Outcomes, device: string, now: number): Shelf[] {
  const shelves: Shelf[] = [];
  const find = (n: number) => {
    const entry = ledger.find(device, n);
    if (entry?.state !== 'pending') return null;
    shelves.push(shelfOf(entry.change!));
    return entry;
  };
  for (const { n, seq } of outcomes.accepted) {
    const entry = find(n);
    if (entry?.unshown) ledger.drop(entry);
    else if (entry) ledger.put({ ...entry, state: 'laid', seq, answered: now });
  }
  for (const { n, ...refusal } of outcomes.refused) {
    const entry = find(n);
    if (entry)
      ledger.put(noteIf(entry.unshown, { ...entry, state: 'refused', refusal, answered: now }));
  }
  return shelves;
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
    else if (entry.state === 'pending') ledger.put({ ...entry, unshown: true });
    else ledger.put(noteIf(true, { answered: now, ...entry }));
  }
}

/** Of a refused change whose chart has gone, only when and why is left. */
function noteIf(gone: boolean | undefined, entry: Entry): Entry {
  return gone ? { ...entry, change: null } : entry;
}

/** The chart is held again: what of it still waits for an answer is shown again. */
function showAgain(ledger: Ledger, patient: string): void {
  for (const { unshown, ...entry } of ledger.all())
    if (unshown && entry.patient === patient) ledger.put(entry);
}

/** An accepted change is laid over its record until a copy with version ≥ its seq arrives. */
function coverLaid(ledger: Ledger, records: ServerRecord[], now: number): void {
  const version = new Map(records.map((record) => [record.id, record.version]));
  for (const entry of ledger.all()) {
    if (entry.state !== 'laid' || !isLaid(entry)) continue;
    if ((version.get(entry.change!.record) ?? 0) >= entry.seq!)
      ledger.put({ ...entry, state: 'kept', answered: entry.answered ?? now });
  }
}

/**
 * A record of no chart that has not come when all has come is pulled by nobody, as the office's own: what was made of it
 * here was only passed on, and leaves. Returns the shelves on which it lay.
 */
function dropUnpulled(ledger: Ledger): Shelf[] {
  const unpulled = ledger
    .all()
    .filter(({ state, patient }) => state === 'laid' && patient === null);
  unpulled.forEach((entry) => ledger.drop(entry));
  return unpulled.map((entry) => shelfOf(entry.change!));
}

/** The records of notices, found among what came and else in the charts: rare enough to open them for it. */
async function locate(
  store: Store,
  ids: ReadonlySet<string>,
  written: ReadonlyMap<Shelf, ServerRecord[] | null>,
): Promise<Map<string, ServerRecord>> {
  const found = new Map<string, ServerRecord>();
  const look = (copies: ServerRecord[] | null) => {
    for (const record of copies ?? []) if (ids.has(record.id)) found.set(record.id, record);
  };
  for (const copies of written.values()) look(copies);
  for (const shelf of await listShelves(store.db)) {
    if (found.size === ids.size) break;
    if (!written.has(shelf)) look((await tryShelf(store.db, store.seal, shelf)) ?? null);
  }
  return found;
}

function longAgo(now: number): IDBKeyRange {
  return IDBKeyRange.upperBound(now - KEPT_FOR);
}
