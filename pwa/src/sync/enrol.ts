/** Makes this browser profile a device of the signed-in member, and again where the server no longer knows it. */
import { shelfOf } from '../store/charts';
import { isLaid, type Entry } from '../store/journal';
import { Ledger } from '../store/ledger';
import { ACCOUNT, type Account } from '../store/memory';
import type { Store } from '../store/store';
import type { Me } from '../store/types';
import type { Client, NoAnswer, Reply } from './client';
import { conclude, settle } from './outcomes';
import { isObject, type Outcomes } from './wire';

type Enrolled = Pick<Account, 'device' | 'secret'>;

export function askMe(client: Client): Promise<Reply<Me>> {
  return client.call('/api/me', readMe, { method: 'GET' });
}

export function readMe(body: unknown): Me | null {
  return isObject(body) && typeof body.member === 'string' ? (body as unknown as Me) : null;
}

/** As `askMe`, where the session is that of this store's member; under anybody else's they are signed out. */
export async function askOwn(store: Store, client: Client): Promise<Reply<Me>> {
  const me = await askMe(client);
  const isOther = 'answer' in me && me.answer.member !== store.memory.account.me.member;
  return isOther ? { trouble: 'signed_out' } : me;
}

/** Enrols; with `device`, takes up again an id that the server does not know. */
export function enrol(client: Client, name: string, device?: string): Promise<Reply<Enrolled>> {
  const body = device ? { name, device } : { name };
  return client.call('/api/devices', readEnrolled, { body });
}

/**
 * The server does not know this device, as after a restore: its id is taken up again, with a new secret. Never for
 * another member's session: their changes would be sent in a wrong name.
 */
export async function takeUpAgain(
  store: Store,
  client: Client,
  name: string,
): Promise<NoAnswer | null> {
  const me = await askOwn(store, client);
  if (!('answer' in me)) return me;
  const { account } = store.memory;
  const reply = await enrol(client, name, account.device);
  if (!('answer' in reply))
    return reply.code === 'device_id' ? enrolAnew(store, client, name) : reply;
  await store.write(async (step, memory) => {
    const taken = { ...memory.account, me: me.answer, secret: reply.answer.secret };
    await step.put(ACCOUNT, taken);
    return { memory: { ...memory, account: taken }, shelves: [], result: undefined };
  });
  return null;
}

/**
 * This phone is a copy of another, or its id is taken: it enrols anew and offers what is left of the outbox under the
 * new id, renumbered from 1 (protocol.md, "One round trip"). `outcomes` are what the server had answered already.
 * `offered` are changes of the old id that a restored server was asked to take back: they are numbered anew too.
 */
export async function enrolAnew(
  store: Store,
  client: Client,
  name: string,
  outcomes: Outcomes = { accepted: [], refused: [] },
  now = Date.now(),
  offered: readonly Entry[] = [],
): Promise<NoAnswer | null> {
  const reply = await enrol(client, name);
  if (!('answer' in reply)) return reply;
  const { device, secret } = reply.answer;
  await store.write(async (step, memory) => {
    const ledger = new Ledger(memory.entries);
    const shelves = settle(ledger, outcomes, memory.numbering.device, now, offered);
    const taken = offered.filter(({ state }) => state !== 'pending');
    const left = [...unansweredOf(taken, outcomes), ...ledger.pending()];
    const next = renumber(ledger, left, device);
    shelves.push(...left.filter(isLaid).map((entry) => shelfOf(entry.change!)));
    const account = { ...memory.account, device, secret };
    const numbering = { device, next, sent: 0 };
    // From the first again: what is offered stands in the order of devices.
    const follow = memory.follow && { ...memory.follow, offered: null };
    await step.put(ACCOUNT, account);
    step.plain('numbering', numbering);
    if (follow) step.plain('follow', follow);
    const outcome = await conclude(store, step, memory, ledger, shelves);
    return { ...outcome, memory: { ...outcome.memory, account, numbering, follow } };
  });
  return null;
}

/** Gives changes of one device the numbers from 1 of another, in their order; returns the number that comes next. */
export function renumber(ledger: Ledger, entries: readonly Entry[], device: string): number {
  let next = 1;
  for (const entry of entries.toSorted((one, other) => one.n - other.n)) {
    ledger.drop(entry);
    ledger.put({ ...entry, device, n: next, change: { ...entry.change!, n: next } });
    next += 1;
  }
  return next;
}

export function unansweredOf(entries: readonly Entry[], outcomes: Outcomes): Entry[] {
  const answered = new Set([...outcomes.accepted, ...outcomes.refused].map(({ n }) => n));
  return entries.filter(({ n }) => !answered.has(n));
}

function readEnrolled(body: unknown): Enrolled | null {
  if (!isObject(body)) return null;
  const { device, secret } = body;
  return typeof device === 'string' && typeof secret === 'string' ? { device, secret } : null;
}
