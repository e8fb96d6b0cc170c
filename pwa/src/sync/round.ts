/**
 * One sync: round trips until nothing is left to send and nothing more to come. Each is whole in itself, so it may be
 * cut off at any line; the next one goes on from the last cursor and the dots not yet answered.
 */
import { untoldReads } from '../store/reads';
import { StoreFull } from '../store/database';
import type { Entry } from '../store/journal';
import { Locked } from '../store/seal';
import type { Store } from '../store/store';
import { applyAnswer, applyOutcomes } from './answer';
import { beginAnew, hasNewDamage } from './anew';
import type { Client, NoAnswer } from './client';
import { askOwn, enrolAnew, takeUpAgain } from './enrol';
import { MOST_CHANGES, takeBatch, type Batch } from './outbox';
import { isObject, PROTOCOL, readAnswer, readOutcomes, type Answer, type Status } from './wire';

/** Records in one answer, at most. */
const LIMIT = 500;

export interface Round {
  store: Store;
  client: Client;
  now: () => number;
  lang: string;
  /** What this phone is called where devices are listed. */
  name: string;
  status: () => Promise<Status>;
  /** Called before a chart or all is forgotten: open forms save while their work still counts as made before. */
  leave: () => Promise<void>;
  /** Records that have come so far; more are coming. */
  progress: (records: number) => void;
}

export type Outcome = { done: true } | { restored: true } | { full: true } | NoAnswer;

/** Locked meanwhile, it ends without a word: a locked phone sends nothing. */
export async function syncRound(round: Round): Promise<Outcome> {
  try {
    return await exchange(round);
  } catch (error) {
    if (error instanceof StoreFull) return { full: true };
    if (error instanceof Locked) return { done: true };
    throw error;
  }
}

async function exchange(round: Round): Promise<Outcome> {
  const { store, client } = round;
  let most = MOST_CHANGES;
  let received = 0;
  let handedIn: number | null = null;
  let mended = false;
  let anew = false;
  for (;;) {
    if (store.memory.restored) return { restored: true };
    if (!anew && hasNewDamage(store.memory)) {
      // Once a round: a disk that spoils what is written to it is not cured by writing to it for ever.
      anew = true;
      await beginAnew(store);
    }
    const batch = await takeBatch(store, most, handedIn ?? 0);
    const reads = await untoldReads(store);
    const reply = await client.call('/api/sync', readAnswer, {
      body: await requestOf(round, batch, reads),
      secret: store.memory.account.secret,
      lang: round.lang,
    });
    if (!('answer' in reply)) {
      if (reply.status === 413 && batch.changes.length > 0) {
        if (batch.changes.length === 1) await refuse(store, batch, reply, round.now());
        most = Math.ceil(batch.changes.length / 4);
        continue;
      }
      if (reply.wipe) {
        // The server keeps each part for a supervisor to review; only after the last is the phone erased.
        if (handedIn === null) await round.leave();
        const last: number = batch.changes.at(-1)?.n ?? handedIn ?? 0;
        handedIn = last;
        if (store.isOpen && pendingIn(store).some(({ n }) => n > last)) continue;
        return reply;
      }
      const failed = mended ? reply : await mend(round, reply);
      if (failed) return failed;
      mended = true;
      continue;
    }
    const { answer } = reply;
    if (answer.restored) {
      // The session may be that of somebody else who uses this phone, whose organisation has an epoch of its own.
      const own = await askOwn(store, client);
      if (!('answer' in own)) return own;
      await standStill(store, answer.epoch);
      return { restored: true };
    }
    if (answer.forget.length) await round.leave();
    await applyAnswer(store, answer, { device: batch.device, reads }, round.now());
    received += answer.records.length;
    const isWhole = anew || !hasNewDamage(store.memory);
    if (!answer.more && isWhole && !isMoreToSend(store, batch, answer)) return { done: true };
    if (answer.more) round.progress(received);
  }
}

/** Changes are left in the outbox, and the server answers what it is sent. */
function isMoreToSend(store: Store, batch: Batch, answer: Answer): boolean {
  return (
    pendingIn(store).length > 0 &&
    batch.changes.length > 0 &&
    answer.accepted.length + answer.refused.length > 0
  );
}

function pendingIn({ memory }: Store): Entry[] {
  return memory.entries.filter(({ state }) => state === 'pending');
}

async function requestOf(
  round: Round,
  batch: Batch,
  reads: Awaited<ReturnType<typeof untoldReads>>,
) {
  const { epoch, cursor } = round.store.memory.progress;
  const made = batch.changes.length > 0 && batch.made !== cursor ? { made: batch.made } : {};
  return {
    protocol: PROTOCOL,
    device: batch.device,
    now: round.now(),
    lang: round.lang,
    epoch,
    cursor,
    ...made,
    limit: LIMIT,
    status: await round.status(),
    ...(reads.length ? { reads } : {}),
    ...(batch.changes.length ? { changes: batch.changes } : {}),
  };
}

/** A change that is too large by itself is not accepted; it holds back no other. */
function refuse(store: Store, batch: Batch, reply: NoAnswer, now: number): Promise<void> {
  const refused = batch.changes.map(({ n }) => ({
    n,
    code: 'too_large',
    message: reply.detail ?? '',
  }));
  return applyOutcomes(store, { accepted: [], refused }, batch.device, now);
}

/** Null where the round can go on after an enrolment, else why it cannot. */
async function mend(
  { store, client, name, now }: Round,
  reply: NoAnswer,
): Promise<NoAnswer | null> {
  if (reply.code === 'device_copied') {
    const outcomes = isObject(reply.problem) ? readOutcomes(reply.problem) : null;
    return enrolAnew(store, client, name, outcomes ?? undefined, now());
  }
  const isUnknown = reply.code === 'unknown_device' || reply.code === 'device_secret';
  return isUnknown ? takeUpAgain(store, client, name) : reply;
}

/**
 * The server stands on a restored backup. Nothing was taken and nothing is lost: all that this phone holds stays as it
 * is, and it asks for nothing in the new epoch before it can follow (protocol.md, "A restored server").
 */
function standStill(store: Store, epoch: string): Promise<void> {
  return store.write(async (step, memory) => {
    step.plain('restored', epoch);
    return { memory: { ...memory, restored: epoch }, shelves: [], result: undefined };
  });
}
