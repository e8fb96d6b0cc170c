/**
 * Brings changes back to a restored server (protocol.md, "A restored server"): all that this phone has, while it
 * follows; later what still waits there, with what was typed since. In order of n, the devices that it once was before
 * the one that it is; each request has those of one.
 */
import { seqsOf, unsealRows, type Entry, type EntryState } from '../store/journal';
import { Ledger } from '../store/ledger';
import type { Memory } from '../store/memory';
import type { Step } from '../store/step';
import type { Outcome, Store } from '../store/store';
import type { Client, NoAnswer } from './client';
import { enrolAnew, renumber, unansweredOf } from './enrol';
import { fitting, lowerTimes, MOST_CHANGES } from './outbox';
import { conclude, settle } from './outcomes';
import {
  isObject,
  PROTOCOL,
  readOutcomes,
  readTaken,
  type Outcomes,
  type Taken,
  type TakenBack,
} from './wire';

export interface TakingBack {
  store: Store;
  client: Client;
  now: () => number;
  lang: string;
  /** What this phone is called where devices are listed. */
  name: string;
  /** Mends what an enrolment can; null where it did. */
  mend: (reply: NoAnswer) => Promise<NoAnswer | null>;
  /** So many of all have been answered. */
  followed: (done: number, total: number) => void;
}

type Place = Pick<Entry, 'device' | 'n'>;

/** Changes of one device, and as they are sent. */
interface Offer {
  of: string;
  entries: Entry[];
  changes: TakenBack[];
}

/** A phone is a copy of another once in its life; a server that says so for ever is not believed. */
const MOST_COPIES = 8;

/** Something waits at the server, or is of an epoch that has ended: the whole outbox goes with it, in order of n. */
export function isTakenBack({ entries }: Memory): boolean {
  return entries.some(
    ({ state, takeBack }) => state === 'waiting' || (state === 'pending' && takeBack),
  );
}

/** Null once all is answered; what is not goes on where it was left. */
export async function takeBack(round: TakingBack): Promise<NoAnswer | null> {
  const { store, client } = round;
  let most = MOST_CHANGES;
  let copies = 0;
  let revoked: NoAnswer | null = null;
  let after = offeredOf(store.memory);
  let left = (await listPlaces(store, after)).length;
  const total = left;
  for (;;) {
    if (revoked && !store.isOpen) return revoked;
    const offer = await takeOffer(store, after, most);
    if (!offer) return revoked;
    round.followed(total - left, total);
    const reply = await client.call('/api/take-back', readTaken, {
      body: requestOf(round, offer),
      secret: store.memory.account.secret,
      lang: round.lang,
    });
    if ('answer' in reply) {
      if (!isWhole(offer, reply.answer)) return { trouble: 'offline' };
      await takeAnswer(store, offer, reply.answer, round.now());
      after = lastOf(offer);
      left -= offer.changes.length;
    } else if (reply.status === 413) {
      if (offer.changes.length === 1) {
        await takeAnswer(store, offer, tooLarge(offer, reply), round.now());
        left -= 1;
      }
      most = Math.ceil(offer.changes.length / 4);
    } else if (reply.wipe) {
      // The server keeps each part for a supervisor to review; only after the last is the phone erased.
      revoked = reply;
      after = lastOf(offer);
    } else {
      const isCopied = reply.code === 'device_copied' || reply.code === 'forbidden';
      if (isCopied && (copies += 1) > MOST_COPIES) return reply;
      const failed = isCopied ? await giveNumbers(round, offer, reply) : await round.mend(reply);
      if (failed) return failed;
      after = offeredOf(store.memory);
    }
  }
}

/** Where the offers have got to, durably. What is not followed by stages begins at the first each time. */
function offeredOf({ follow }: Memory): Place | null {
  return follow?.stage === 'offering' ? follow.offered : null;
}

function requestOf({ store, now, lang }: TakingBack, { of, changes }: Offer) {
  const { account, follow, progress } = store.memory;
  const epoch = follow?.epoch ?? progress.epoch;
  return { protocol: PROTOCOL, device: account.device, of, now: now(), lang, epoch, changes };
}

/** Each change is answered: anything less is no answer. */
function isWhole({ changes }: Offer, { accepted, refused, waiting }: Taken): boolean {
  const answered = new Set([
    ...accepted.map(({ n }) => n),
    ...refused.map(({ n }) => n),
    ...waiting,
  ]);
  return changes.every(({ n }) => answered.has(n));
}

const lastOf = ({ of, changes }: Offer): Place => ({ device: of, n: changes.at(-1)!.n });

/** A change that is too large by itself is not accepted; it holds back no other. */
function tooLarge({ changes }: Offer, { detail = '' }: NoAnswer): Taken {
  const refused = changes.map(({ n }) => ({ n, code: 'too_large', message: detail }));
  return { accepted: [], refused, waiting: [] };
}

/** States that are offered: to follow, those that the server had taken before too. */
function statesOf({ follow }: Memory): EntryState[] {
  const unanswered: EntryState[] = ['pending', 'waiting'];
  return follow?.stage === 'offering' ? ['kept', 'laid', ...unanswered] : unanswered;
}

/** The places of changes to offer beyond `after`, in their order; `of` one device alone where it is said. */
async function listPlaces(store: Store, after: Place | null, of?: string): Promise<Place[]> {
  const { memory } = store;
  const own = memory.account.device;
  const keys = await Promise.all(
    statesOf(memory).map((state) => store.db.getAllKeysFromIndex('journal', 'state', state)),
  );
  return keys
    .flat()
    .map(([device, n]) => ({ device, n }))
    .filter((place) => of === undefined || place.device === of)
    .filter((place) => !after || compare(own, place, after) > 0)
    .sort((one, other) => compare(own, one, other));
}

/** The device that this phone is comes last. */
function compare(own: string, one: Place, other: Place): number {
  const rank = Number(one.device === own) - Number(other.device === own);
  if (rank) return rank;
  if (one.device !== other.device) return one.device < other.device ? -1 : 1;
  return one.n - other.n;
}

/** Null where nothing is left. Durable: after this the content of what it has stays as it is. */
async function takeOffer(store: Store, after: Place | null, most: number): Promise<Offer | null> {
  for (;;) {
    const places = await listPlaces(store, after);
    const of = places[0]?.device;
    if (!of) return null;
    const some = places.filter((place) => place.device === of).slice(0, most);
    const offer = await store.write((step, memory) => finalise(store, step, memory, of, some));
    // None of them could be read: they are set aside, and the next are taken.
    if (offer.changes.length) return offer;
  }
}

async function finalise(
  store: Store,
  step: Step,
  memory: Memory,
  of: string,
  places: Place[],
): Promise<Outcome<Offer>> {
  const ledger = new Ledger(memory.entries);
  const { device, sent, next } = memory.numbering;
  if (of === device) {
    const unsent = ledger.pending().filter((entry) => entry.n > sent);
    lowerTimes(unsent).forEach((entry) => ledger.put(entry));
  }
  const read = await readEntries(store, step, memory, ledger, places);
  const changes = fitting(read.entries.map(asTaken));
  const result = { of, entries: read.entries.slice(0, changes.length), changes };
  const after = { ...memory, unreadable: read.unreadable };
  const last = changes.at(-1)?.n ?? 0;
  if (of === device && last > sent) {
    after.numbering = { device, next, sent: last };
    after.entries = ledger.all();
    await ledger.write(step);
    step.plain('numbering', after.numbering);
  }
  return { memory: after, shelves: [], result };
}

/** Kept ones lie on the disk alone. One that cannot be read is set aside. */
async function readEntries(
  store: Store,
  step: Step,
  memory: Memory,
  ledger: Ledger,
  places: readonly Place[],
): Promise<{ entries: Entry[]; unreadable: Memory['unreadable'] }> {
  const isKept = ({ device, n }: Place) => !ledger.find(device, n);
  const rows = await Promise.all(
    places.filter(isKept).map(({ device, n }) => store.db.get('journal', [device, n])),
  );
  const kept = await unsealRows(
    step.seal,
    rows.filter((row) => row !== undefined),
  );
  kept.unreadable.forEach((row) => step.putRow(row));
  const byNumber = new Map(kept.entries.map((entry) => [entry.n, entry]));
  const entries = places.flatMap(
    ({ device, n }) => ledger.find(device, n) ?? byNumber.get(n) ?? [],
  );
  return { entries, unreadable: [...memory.unreadable, ...kept.unreadable] };
}

function asTaken(entry: Entry): TakenBack {
  const seqs = seqsOf(entry);
  return {
    ...entry.change!,
    ...(seqs.length ? { seqs } : {}),
    ...(entry.corrected === undefined ? {} : { corrected: entry.corrected }),
  };
}

function takeAnswer(store: Store, offer: Offer, taken: Taken, now: number): Promise<void> {
  return store.write(async (step, memory) => {
    const ledger = new Ledger(memory.entries);
    const shelves = settle(ledger, taken, offer.of, now, offer.entries);
    const outcome = await conclude(store, step, memory, ledger, shelves);
    if (memory.follow?.stage !== 'offering') return outcome;
    const follow = { ...memory.follow, offered: lastOf(offer) };
    step.plain('follow', follow);
    return { ...outcome, memory: { ...outcome.memory, follow } };
  });
}

/**
 * What the server has under these numbers is another's, as of a copy of this phone: those that it has not answered get
 * numbers of a device that nobody was, or of the one that this phone becomes.
 */
async function giveNumbers(
  { store, client, name, now }: TakingBack,
  { of }: Offer,
  { problem }: NoAnswer,
): Promise<NoAnswer | null> {
  const none: Outcomes = { accepted: [], refused: [] };
  const outcomes = (isObject(problem) && readOutcomes(problem)) || none;
  const places = await listPlaces(store, offeredOf(store.memory), of);
  const offered = await store.write(async (step, memory) => {
    const read = await readEntries(store, step, memory, new Ledger(memory.entries), places);
    const { entries: result, unreadable } = read;
    return { memory: { ...memory, unreadable }, shelves: [], result };
  });
  if (of === store.memory.account.device)
    return enrolAnew(store, client, name, outcomes, now(), offered);
  await store.write(async (step, memory) => {
    const ledger = new Ledger(memory.entries);
    const shelves = settle(ledger, outcomes, of, now(), offered);
    renumber(ledger, unansweredOf(offered, outcomes), crypto.randomUUID());
    return conclude(store, step, memory, ledger, shelves);
  });
  return null;
}
