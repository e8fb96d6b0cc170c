/**
 * Takes an answer into the store, in one step: what became of the changes, the charts to forget, the records that
 * came, what was set aside, and the cursor that stands for all of it (protocol.md, "One round trip" and "The phone").
 */
import { listShelves, tryShelf, type Shelf } from '../store/charts';
import { INDEX, indexOf } from '../store/index';
import { KEPT_FOR } from '../store/journal';
import { Ledger } from '../store/ledger';
import { contactAt, putClock } from '../store/lease';
import { merge, NOTICES, summariseShelves } from '../store/memory';
import { takeNotices } from '../store/notices';
import { readPlace } from '../store/reads';
import type { Store } from '../store/store';
import type { ServerRecord } from '../store/types';
import { endFollow } from './follow';
import { settle } from './outcomes';
import { shelve } from './shelve';
import type { Answer } from './wire';

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
    const after = { ...memory, contact: now };
    const settled = settle(ledger, answer, asked.device, now);
    const shelved = await shelve(store, step, memory, ledger, answer, now);
    const { written } = shelved;
    for (const row of await store.db.getAllFromIndex('journal', 'answered', longAgo(now), 500))
      if (row.state === 'kept') ledger.drop(row);
    const shelves = [...settled, ...shelved.touched, ...written.keys()];
    if (memory.progress.anew?.whole && !answer.more) {
      const ended = endFollow(step, ledger);
      after.follow = ended.follow;
      shelves.push(...ended.shelves);
    }
    await ledger.write(step);

    after.entries = ledger.all();
    const { member } = memory.account.me;
    const summarised = await summariseShelves(store, after.entries, shelves, member, written);
    after.summaries = merge(memory.summaries, summarised.fresh);
    if (shelves.length) await step.put(INDEX, indexOf(after.summaries));
    if (answer.set_aside.length) {
      const ids = new Set(answer.set_aside.map(({ record }) => record));
      const located = await locate(store, ids, written);
      const whereIs = (id: string) => located.get(id) ?? null;
      after.notices = takeNotices(memory.notices, answer.set_aside, whereIs, now);
      await step.put(NOTICES, after.notices);
    }
    for (const { id } of asked.reads) step.erase(readPlace(id));
    const { anew } = memory.progress;
    after.progress = { epoch: answer.epoch, cursor: answer.cursor };
    const damaged = new Set([...memory.damaged, ...shelved.damaged, ...summarised.damaged]);
    if (anew && answer.more) after.progress.anew = { ...anew, brought: shelved.brought };
    else for (const shelf of anew?.damaged ?? []) damaged.delete(shelf as Shelf);
    after.damaged = damaged;
    step.plain('progress', after.progress);
    step.plain('contact', now);
    await putClock(step, contactAt(now));
    return { memory: after, shelves, result: undefined };
  });
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
