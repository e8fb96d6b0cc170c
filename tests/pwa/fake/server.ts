/**
 * A made-up server in memory that speaks the protocol, for the store's tests and for `npm run dev:fake`. It folds by
 * laying one change over the last, so it never contests: what a real merge would give is put in by `put`.
 */
import { layOver } from '../../../pwa/src/store/overlay';
import type { Change, Me, Refusal, ServerRecord } from '../../../pwa/src/store/types';
import type { Read } from '../../../pwa/src/store/reads';
import type { ToldNotice } from '../../../pwa/src/store/notices';
import type { Outcomes, Request as SyncRequest } from '../../../pwa/src/sync/wire';
import { ME } from './caseload';
import { FakeEscrow } from './escrow';

interface FakeDevice {
  secret: string;
  revoked: boolean;
  member: string;
}

interface FakePasskey {
  me: Me;
  name: string;
  created_at: number;
  last_used_at: number | null;
}

/** A made-up authenticator looks at nothing of it. */
const OPTIONS = { challenge: 'AAAA' };

type Fault = 'none' | 'lost_request' | 'lost_answer' | (() => Response);

export class FakeServer {
  epoch = 'epoch-1';
  head = 0;
  readonly records = new Map<string, ServerRecord>();
  readonly log: (Change & { device: string; seq: number })[] = [];
  readonly reads: Read[] = [];
  /** Every request to /api/sync that arrived, in order. */
  readonly requests: SyncRequest[] = [];
  readonly devices = new Map<string, FakeDevice>();
  readonly passkeys = new Map<string, FakePasskey>();
  readonly escrow = new FakeEscrow();
  me: Me = { ...ME };
  signedIn = false;
  /** Somebody signed in just now: they add a passkey without showing one that they have. */
  isFresh = true;
  /** The next invitation is a recovery: its session may have the escrow's copy back. */
  recovery = false;
  /** Devices that have said that they are erased. */
  readonly erased: string[] = [];
  /** What else it answers, asked after its own. */
  more: (path: string, method: string, body: Record<string, unknown>) => Response | null = () =>
    null;
  /** Asked of each change before it is taken: why it is refused, or null. */
  refuse: (change: Change) => Refusal | null = () => null;
  /** What goes wrong with the next requests to /api/sync, in order. */
  readonly faults: Fault[] = [];
  /** Waits in the middle of a request until it is let go. */
  hold: Promise<void> | null = null;

  readonly #positions = new Map<string, number>();
  readonly #heldSince = new Map<string, number>();
  readonly #forgotten = new Map<string, number>();
  readonly #notices: { seq: number; notice: ToldNotice }[] = [];
  readonly #dots = new Map<string, { sent: string; outcome: Outcomes }>();

  constructor(records: Iterable<ServerRecord> = []) {
    for (const record of records) this.put(record);
  }

  /** A record as a fold of others' changes left it: it moves past every cursor. */
  put(record: Omit<ServerRecord, 'version'>): ServerRecord {
    this.head += 1;
    const stored = { ...record, version: this.head };
    this.records.set(record.id, stored);
    this.#positions.set(record.id, this.head);
    if (record.patient) this.#forgotten.delete(record.patient);
    return stored;
  }

  /** The chart is handed over: its grant ends. */
  takeAway(patient: string): void {
    this.head += 1;
    this.#forgotten.set(patient, this.head);
  }

  giveBack(patient: string): void {
    this.head += 1;
    this.#forgotten.delete(patient);
    this.#heldSince.set(patient, this.head);
  }

  tell(notice: ToldNotice): void {
    this.head += 1;
    this.#notices.push({ seq: this.head, notice });
  }

  fetch: typeof globalThis.fetch = async (input, init = {}) => {
    const path = new URL(String(input), 'http://localhost').pathname;
    const body = await bodyOf(init);
    const { method = 'GET' } = init;
    const [, , room, id, act] = path.split('/');
    if (room === 'invitations') return this.#invitation(id!, body);
    if (room === 'sign-in') return this.#signIn(id, body);
    if (room === 'devices' && act === 'state')
      return json({ revoked: this.devices.get(id!)?.revoked ?? false });
    if (room === 'devices' && act === 'erased') {
      this.erased.push(id!);
      return new Response(null, { status: 204 });
    }
    if (!this.signedIn) return problem(401, 'signed_out');
    if (path === '/api/me') return json(await this.#described());
    if (path === '/api/sign-out') {
      this.signedIn = false;
      return new Response(null, { status: 204 });
    }
    if (path === '/api/devices' && method !== 'GET')
      return this.#enrol(body.device as string | undefined);
    if (path === '/api/sync') return this.#sync(body as unknown as SyncRequest, init);
    if (room === 'devices' && act === 'escrow') return this.#escrow(id!, path, body);
    const own = room === 'devices' && act === 'revoke' && this.devices.get(id!);
    if (own) {
      own.revoked = true;
      return new Response(null, { status: 204 });
    }
    if (room === 'passkeys') return this.#passkeys(id, act, body, method === 'GET');
    return this.more(path, method, body) ?? problem(404, 'not_found');
  };

  async #described(): Promise<Me> {
    const escrow_key = await this.escrow.publicKey();
    const recovery = this.recovery && this.signedIn;
    return { ...this.me, escrow_key, recovery, passkeys: this.#own().length };
  }

  async #invitation(act: string, body: Record<string, unknown>): Promise<Response> {
    if (body.token === 'used') return problem(403, 'invitation_used');
    const { name, organisation_name, demo } = this.me;
    if (act === 'open')
      return json({ name, organisation_name, demo, recovery: this.recovery, options: OPTIONS });
    if (body.credential) this.#keepPasskey(body.credential, String(body.name ?? 'Passkey'));
    else if (!demo) return problem(403, 'passkey_needed');
    this.signedIn = true;
    return json(await this.#described());
  }

  async #signIn(act: string | undefined, body: Record<string, unknown>): Promise<Response> {
    if (act === 'options') return json({ options: OPTIONS });
    const known = this.passkeys.get((body.credential as { id: string }).id);
    if (!known) return problem(403, 'sign_in_failed');
    this.me = known.me;
    this.signedIn = true;
    known.last_used_at = Date.now();
    return json(await this.#described());
  }

  async #escrow(id: string, path: string, body: Record<string, unknown>): Promise<Response> {
    if (!path.endsWith('/release')) {
      this.escrow.copies.set(id, String(body.sealed));
      this.recovery = false;
      return new Response(null, { status: 204 });
    }
    if (!this.recovery) return problem(403, 'recovery_needed');
    const key = await this.escrow.open(id);
    return key ? json({ key }) : problem(404, 'no_escrow');
  }

  #passkeys(
    id: string | undefined,
    act: string | undefined,
    body: Record<string, unknown>,
    isList: boolean,
  ): Response {
    const own = this.#own();
    const named = own.find(([credential]) => idOf(credential) === id);
    if (isList) return json({ passkeys: own.map(described) });
    if (id === 'options') return json({ options: OPTIONS, proof: this.isFresh ? null : OPTIONS });
    if (!id) {
      const proof = body.proof as { id: string } | undefined;
      if (!this.isFresh && !proof) return problem(401, 'sign_in_again');
      if (proof && !own.some(([credential]) => credential === proof.id))
        return problem(403, 'passkey_refused');
      const credential = this.#keepPasskey(body.credential, String(body.name));
      return json({ id: idOf(credential) }, 201);
    }
    if (!named) return problem(404, 'not_found');
    if (act === 'name') named[1].name = String(body.name);
    else if (own.length === 1) return problem(409, 'last_passkey');
    else this.passkeys.delete(named[0]);
    return new Response(null, { status: 204 });
  }

  #own(): [string, FakePasskey][] {
    return [...this.passkeys].filter(([, { me }]) => me.member === this.me.member);
  }

  #keepPasskey(credential: unknown, name: string): string {
    const { id } = credential as { id: string };
    this.passkeys.set(id, { me: this.me, name, created_at: Date.now(), last_used_at: null });
    return id;
  }

  #enrol(asked: string | undefined): Response {
    if (asked && this.devices.has(asked)) return problem(409, 'device_id');
    const device = asked ?? crypto.randomUUID();
    const secret = `secret of ${device} ${crypto.randomUUID()}`;
    this.devices.set(device, { secret, revoked: false, member: this.me.member });
    return json({ device, secret }, 201);
  }

  async #sync(request: SyncRequest, init: RequestInit): Promise<Response> {
    const fault = this.faults.shift();
    if (fault === 'lost_request') throw new TypeError('network');
    if (typeof fault === 'function') return fault();
    await this.hold;
    const answer = this.#answer(request, new Headers(init.headers).get('Doorstep-Device'));
    if (fault === 'lost_answer') throw new TypeError('network');
    return answer;
  }

  #answer(request: SyncRequest, secret: string | null): Response {
    this.requests.push(request);
    const device = this.devices.get(request.device);
    if (request.epoch !== null && request.epoch !== this.epoch)
      return json({
        epoch: this.epoch,
        cursor: null,
        more: false,
        restored: { head: 1, start: 2 },
      });
    if (!device || device.secret !== secret) return problem(404, 'unknown_device');
    if (device.revoked) return problem(403, 'device_revoked', { wipe: true });
    const changes = request.changes ?? [];
    if (changes.length > 1_000) return problem(413, 'too_large');
    const known = changes.map((change) => this.#dots.get(`${request.device}/${change.n}`));
    const had = merged(
      known.flatMap((dot, nth) => (dot?.sent === sentAs(changes[nth]!) ? dot.outcome : [])),
    );
    if (known.some((dot, nth) => dot && dot.sent !== sentAs(changes[nth]!)))
      return problem(409, 'device_copied', { ...had });
    const outcomes = merged(changes.map((change) => this.#take(request.device, change)));
    this.reads.push(...(request.reads ?? []));
    return json({
      epoch: this.epoch,
      skew: 0,
      ...outcomes,
      ...this.#pull(request),
    });
  }

  #take(device: string, change: Change): Outcomes {
    const dot = `${device}/${change.n}`;
    const first = this.#dots.get(dot);
    if (first) return first.outcome;
    const refusal = this.refuse(change);
    const outcome: Outcomes = { accepted: [], refused: [] };
    if (refusal) outcome.refused.push({ n: change.n, ...refusal });
    else {
      const shown = layOver(this.records.get(change.record) ?? null, [change], () => false)!;
      const { unsent: _, ...record } = shown;
      const { version } = this.put(record);
      outcome.accepted.push({ n: change.n, seq: version });
      this.log.push({ ...change, device, seq: version });
    }
    this.#dots.set(dot, { sent: sentAs(change), outcome });
    return outcome;
  }

  #pull({ cursor, limit }: SyncRequest) {
    const after = cursor === null ? -1 : Number(cursor);
    const placeOf = (record: ServerRecord) =>
      Math.max(this.#positions.get(record.id)!, this.#heldSince.get(record.patient ?? '') ?? 0);
    const behind = [...this.records.values()]
      .filter((record) => !this.#forgotten.has(record.patient ?? '') && placeOf(record) > after)
      .sort((one, other) => placeOf(one) - placeOf(other));
    const records = behind.slice(0, limit);
    const more = behind.length > records.length;
    const past = (seq: number) => seq > after;
    return {
      records,
      more,
      cursor: String(more ? placeOf(records.at(-1)!) : this.head),
      forget:
        cursor === null
          ? []
          : [...this.#forgotten].filter(([, seq]) => past(seq)).map(([id]) => id),
      set_aside: this.#notices.filter(({ seq }) => past(seq)).map(({ notice }) => notice),
    };
  }
}

export function problem(status: number, code: string, more: object = {}): Response {
  const body = JSON.stringify({
    status,
    code,
    title: code,
    detail: `Said of ${code}.`,
    ...more,
  });
  return new Response(body, {
    status,
    headers: { 'Content-Type': 'application/problem+json' },
  });
}

/** Ids of passkeys are the server's own, not the authenticator's. */
const idOf = (credential: string) => `of-${credential}`;

function described([credential, { name, created_at, last_used_at }]: [string, FakePasskey]) {
  const id = idOf(credential);
  return { id, credential, name, created_at, last_used_at, backed_up: true, current: false };
}

export function json(body: unknown, status = 200): Response {
  return Response.json(body, { status });
}

function merged(outcomes: Outcomes[]): Outcomes {
  return {
    accepted: outcomes.flatMap((one) => one.accepted),
    refused: outcomes.flatMap((one) => one.refused),
  };
}

function sentAs(change: Change): string {
  return JSON.stringify(Object.entries(change).sort());
}

async function bodyOf(init: RequestInit): Promise<Record<string, unknown>> {
  if (!init.body) return {};
  const isPacked = new Headers(init.headers).get('Content-Encoding') === 'gzip';
  const sent = new Response(init.body).body!;
  const plain = isPacked ? sent.pipeThrough(new DecompressionStream('gzip')) : sent;
  return (await new Response(plain).json()) as Record<string, unknown>;
}
