/**
 * A made-up server in memory that speaks the protocol, for the store's tests and for `npm run dev:fake`: what it knows is
 * in history.ts. It never contests: what a real merge would give is put in by `put`.
 */
import type { Change, Me, ServerRecord } from '../../../pwa/src/store/types';
import type { Read } from '../../../pwa/src/store/reads';
import type { Request as SyncRequest, TakenBack } from '../../../pwa/src/sync/wire';
import { ME } from './caseload';
import { FakeEscrow } from './escrow';
import { FakeHistory, type Backup } from './history';

interface FakeDevice {
  secret: string;
  revoked: boolean;
  member: string;
}

type FakeBackup = Backup & { devices: Map<string, FakeDevice> };

interface FakePasskey {
  me: Me;
  name: string;
  created_at: number;
  last_used_at: number | null;
}

interface TakeBackRequest {
  device: string;
  of: string;
  epoch: string;
  changes: TakenBack[];
}

interface SalvageRequest {
  device: string;
  epoch: string;
  records: ServerRecord[];
}

/** A made-up authenticator looks at nothing of it. */
const OPTIONS = { challenge: 'AAAA' };

type Fault = 'none' | 'lost_request' | 'lost_answer' | (() => Response);

export class FakeServer extends FakeHistory {
  readonly reads: Read[] = [];
  /** Every request to /api/sync that arrived, in order; and to /api/take-back. */
  readonly requests: SyncRequest[] = [];
  readonly takenBack: TakeBackRequest[] = [];
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
  /** What goes wrong with the next requests to /api/sync, in order; and with those that follow a restore. */
  readonly faults: Fault[] = [];
  readonly takeBackFaults: Fault[] = [];
  readonly salvageFaults: Fault[] = [];
  /** Waits in the middle of a request until it is let go. */
  hold: Promise<void> | null = null;

  constructor(records: Iterable<ServerRecord> = []) {
    super();
    for (const record of records) this.put(record);
  }

  override backup(): FakeBackup {
    return { ...super.backup(), devices: structuredClone(this.devices) };
  }

  override restore(backup: FakeBackup): void {
    super.restore(backup);
    this.devices.clear();
    for (const [id, device] of structuredClone(backup.devices)) this.devices.set(id, device);
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
    const secret = new Headers(init.headers).get('Doorstep-Device');
    if (path === '/api/sync')
      return this.#unlessFaulty(this.faults, () =>
        this.#sync(body as unknown as SyncRequest, secret),
      );
    if (path === '/api/take-back')
      return this.#unlessFaulty(this.takeBackFaults, () =>
        this.#takeBack(body as unknown as TakeBackRequest, secret),
      );
    if (path === '/api/salvage')
      return this.#unlessFaulty(this.salvageFaults, () =>
        this.#salvage(body as unknown as SalvageRequest, secret),
      );
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

  async #unlessFaulty(faults: Fault[], answer: () => Response): Promise<Response> {
    const fault = faults.shift();
    if (fault === 'lost_request') throw new TypeError('network');
    if (typeof fault === 'function') return fault();
    await this.hold;
    const answered = answer();
    if (fault === 'lost_answer') throw new TypeError('network');
    return answered;
  }

  #sync(request: SyncRequest, secret: string | null): Response {
    this.requests.push(request);
    if (request.epoch !== null && request.epoch !== this.epoch)
      return json({
        epoch: this.epoch,
        cursor: null,
        more: false,
        restored: this.lostTo(request.epoch),
      });
    const changes = request.changes ?? [];
    const refused = this.#refused(request.device, secret, request.device, changes);
    if (refused) return refused;
    const cursors = [request.cursor, request.made ?? null];
    if (cursors.some((cursor) => cursor !== null && Number(cursor) < this.start))
      return problem(400, 'malformed');
    const outcomes = this.push(request.device, changes);
    this.reads.push(...(request.reads ?? []));
    return json({ epoch: this.epoch, skew: 0, ...outcomes, ...this.pull(request) });
  }

  #takeBack(request: TakeBackRequest, secret: string | null): Response {
    this.takenBack.push(request);
    const { device, of, epoch, changes } = request;
    if (epoch !== this.epoch) return problem(409, 'another_epoch', { epoch: this.epoch });
    const refused = this.#refused(device, secret, of, changes);
    if (refused) return refused;
    const known = this.devices.get(of);
    if (known && known.member !== this.me.member) return problem(403, 'forbidden');
    const { member } = this.me;
    if (!known) this.devices.set(of, { secret: crypto.randomUUID(), revoked: true, member });
    return json(this.takeBack(of, changes));
  }

  #salvage({ device, epoch, records }: SalvageRequest, secret: string | null): Response {
    if (epoch !== this.epoch) return problem(409, 'another_epoch', { epoch: this.epoch });
    const refused = this.#refused(device, secret, device, []);
    if (refused) return refused;
    if (records.length > 1_000) return problem(413, 'too_large');
    this.salvage(records);
    return new Response(null, { status: 204 });
  }

  /** Why changes of the device `of` are not looked at; null where they are. */
  #refused(
    id: string,
    secret: string | null,
    of: string,
    changes: readonly Change[],
  ): Response | null {
    const device = this.devices.get(id);
    if (!device || device.secret !== secret) return problem(404, 'unknown_device');
    if (device.revoked) return problem(403, 'device_revoked', { wipe: true });
    if (changes.length > 1_000) return problem(413, 'too_large');
    if (changes.some(({ n }, nth) => nth > 0 && n <= changes[nth - 1]!.n))
      return problem(400, 'malformed');
    const copied = this.copied(of, changes);
    return copied && problem(409, 'device_copied', { ...copied });
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

async function bodyOf(init: RequestInit): Promise<Record<string, unknown>> {
  if (!init.body) return {};
  const isPacked = new Headers(init.headers).get('Content-Encoding') === 'gzip';
  const sent = new Response(init.body).body!;
  const plain = isPacked ? sent.pipeThrough(new DecompressionStream('gzip')) : sent;
  return (await new Response(plain).json()) as Record<string, unknown>;
}
