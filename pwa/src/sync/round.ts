/**
 * One sync: round trips until nothing is left to send and nothing more to come. Each is whole in itself, so it may be
 * cut off at any line; the next one goes on from the last cursor and the dots not yet answered.
 */
import { untoldReads } from '../store/reads';
import { StoreFull } from '../store/database';
import type { Entry } from '../store/journal';
import { Locked } from '../store/seal';
import type { Store } from '../store/store';
import { applyAnswer } from './answer';
import { beginAnew, hasNewDamage } from './anew';
import type { Client, NoAnswer } from './client';
import { askOwn, enrolAnew, takeUpAgain } from './enrol';
import { beginFollow, follow } from './follow';
import { MOST_CHANGES, takeBatch, type Batch } from './outbox';
import { applyOutcomes } from './outcomes';
import { isTakenBack, takeBack, type TakingBack } from './take-back';
import { isObject, PROTOCOL, readAnswer, readOutcomes, type Answer, type Status } from './wire';

/** Records in one answer, at most. */
const LIMIT = 500;
/** A server that says another epoch again and again is not believed. */
const MOST_EPOCHS = 4;

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
  /** Of what the present stage of following a restored server takes, so much is done. */
  followed: (done: number, total: number | null) => void;
}

export type Outcome = { done: true } | { full: true } | NoAnswer;

/** Locked meanwhile, it ends without a word: a locked phone sends nothing. */
export async function syncRound(round: Round): Promise<Outcome> {
  try {
    return await new Exchange(round).run();
  } catch (error) {
    if (error instanceof StoreFull) return { full: true };
    if (error instanceof Locked) return { done: true };
    throw error;
  }
}

/** A step of the exchange: on to the next, or over. */
type Next = Outcome | null;

class Exchange {
  #most = MOST_CHANGES;
  #received = 0;
  /** Of a revoked phone: the last change that was handed in. */
  #handedIn: number | null = null;
  #isMended = false;
  #isAnew = false;
  #isTakenBack = false;
  #epochs = 0;
  readonly #back: TakingBack;

  constructor(private readonly round: Round) {
    this.#back = { ...round, mend: (reply) => this.#mend(reply) };
  }

  async run(): Promise<Outcome> {
    for (;;) {
      const over = (await this.#prepare()) ?? (await this.#turn());
      if (over) return over;
    }
  }

  /** What comes before a pull: what a restored server wants back, and what is found damaged. */
  async #prepare(): Promise<Next> {
    const { store } = this.round;
    if (store.memory.follow) {
      const failed = await follow(this.#back);
      // The pull says which it is.
      if (failed && failed.code !== 'another_epoch') return failed;
    } else if (!this.#isTakenBack && isTakenBack(store.memory)) {
      this.#isTakenBack = true;
      const failed = await takeBack(this.#back);
      if (failed && failed.code !== 'another_epoch') return failed;
    }
    if (!this.#isAnew && hasNewDamage(store.memory)) {
      // Once a round: a disk that spoils what is written to it is not cured by writing to it for ever.
      this.#isAnew = true;
      await beginAnew(store);
    }
    return null;
  }

  /** One request and its answer. */
  async #turn(): Promise<Next> {
    const { round } = this;
    const { store, client } = round;
    const isFollowing = store.memory.follow !== null;
    const isHeld = isFollowing || isTakenBack(store.memory);
    const batch =
      isHeld && this.#handedIn === null
        ? { device: store.memory.account.device, changes: [], made: null }
        : await takeBatch(store, this.#most, this.#handedIn ?? 0);
    const reads = await untoldReads(store);
    const reply = await client.call('/api/sync', readAnswer, {
      body: await requestOf(round, batch, reads),
      secret: store.memory.account.secret,
      lang: round.lang,
    });
    if (!('answer' in reply)) return this.#failed(reply, batch);
    const { answer } = reply;
    if (answer.restored) return this.#anotherEpoch(answer.epoch, answer.restored);
    // A server that says so to all but this request has not made up its mind.
    if (isFollowing && answer.epoch !== store.memory.follow!.epoch) return { trouble: 'offline' };
    const leaves = answer.forget.length > 0 || (store.memory.progress.anew && !answer.more);
    if (leaves) await round.leave();
    await applyAnswer(store, answer, { device: batch.device, reads }, round.now());
    this.#received += answer.records.length;
    if (answer.more) {
      round.progress(this.#received);
      if (isFollowing) round.followed(this.#received, null);
      return null;
    }
    const isWhole = this.#isAnew || !hasNewDamage(store.memory);
    const isTyped = isFollowing && pendingIn(store).length > 0;
    const isOver = isWhole && !isTyped && !isMoreToSend(store, batch, answer);
    return isOver ? { done: true } : null;
  }

  async #failed(reply: NoAnswer, batch: Batch): Promise<Next> {
    const { store, now, leave } = this.round;
    if (reply.status === 413 && batch.changes.length > 0) {
      if (batch.changes.length === 1) await refuse(store, batch, reply, now());
      this.#most = Math.ceil(batch.changes.length / 4);
      return null;
    }
    if (reply.wipe) {
      // The server keeps each part for a supervisor to review; only after the last is the phone erased.
      if (this.#handedIn === null) await leave();
      const last: number = batch.changes.at(-1)?.n ?? this.#handedIn ?? 0;
      this.#handedIn = last;
      return store.isOpen && pendingIn(store).some(({ n }) => n > last) ? null : reply;
    }
    return this.#mend(reply);
  }

  /** Null where the round can go on after an enrolment, which it tries once; else why it cannot. */
  async #mend(reply: NoAnswer): Promise<NoAnswer | null> {
    if (this.#isMended) return reply;
    const failed = await mend(this.round, reply);
    this.#isMended = failed === null;
    return failed;
  }

  /**
   * The server stands on a restored backup, and has taken nothing: this phone follows. The session may be that of
   * somebody else who uses this phone, whose organisation has an epoch of its own.
   */
  async #anotherEpoch(epoch: string, lost: { head: number; start: number }): Promise<Next> {
    const { store, client, leave } = this.round;
    this.#epochs += 1;
    if (this.#epochs > MOST_EPOCHS) return { trouble: 'offline' };
    const own = await askOwn(store, client);
    if (!('answer' in own)) return own;
    // What is in open forms was made before.
    await leave();
    await beginFollow(store, { epoch, ...lost });
    this.#isTakenBack = false;
    this.#received = 0;
    this.round.followed(0, null);
    return null;
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
