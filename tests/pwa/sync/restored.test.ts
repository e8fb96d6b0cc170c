/**
 * Several phones work, are cut off, are killed and lost, while the server goes back to backups of before: whatever
 * order they come back in, everything that one of them still had is on the server once, and all show what it holds.
 */
import { expect, test, vi } from 'vitest';
import type { Store } from '../../../pwa/src/store/store';
import { save } from '../../../pwa/src/store/save';
import type { Edit } from '../../../pwa/src/store/types';
import { Client } from '../../../pwa/src/sync/client';
import { syncRound } from '../../../pwa/src/sync/round';
import { refuseWrites } from '../disk';
import { ME } from '../fake/caseload';
import { FakeServer } from '../fake/server';
import { makeStore, reopen } from '../keys';
import { record } from '../phone';

const CHARTS = ['patient-1', 'patient-2', 'patient-3'];

/** A number between 0 and 1 each time, the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

class Worker {
  readonly #client: Client;
  readonly me = { ...ME, member: crypto.randomUUID() };
  store!: Store;
  /** What this phone has and the server must have in the end. */
  said: { record: string; patient: string; text: string }[] = [];
  #typed = 0;

  constructor(
    private readonly server: FakeServer,
    private readonly world: World,
    private readonly name: string,
  ) {
    this.#client = new Client((path, init) => {
      server.me = this.me;
      return server.fetch(path, init);
    });
  }

  async begin(): Promise<this> {
    const device = crypto.randomUUID();
    const secret = `secret of ${device}`;
    this.server.devices.set(device, { secret, revoked: false, member: this.me.member });
    this.store = await makeStore({ me: this.me, device, secret });
    return this;
  }

  /** A new goal, or an edit of one that is on the screen. */
  async type(): Promise<void> {
    const patient = this.world.pick(CHARTS);
    const shown = (await this.store.show(`chart/${patient}`)) ?? [];
    const known = shown.filter(({ kind }) => kind === 'goal');
    const text = `${this.name}-${(this.#typed += 1)}`;
    const before = known.length && this.world.chance(0.6) ? this.world.pick(known) : null;
    const edit: Edit = {
      record: before?.id ?? crypto.randomUUID(),
      kind: 'goal',
      patient,
      seen: before?.version ?? 0,
      set: { description: text, [text]: true },
    };
    await save(this.store, [edit], this.world.now);
    this.said.push({ record: edit.record, patient, text });
  }

  /** The chart has left: what was made of it here is erased once it is answered, and nobody can ask for it again. */
  leave(patient: string): void {
    this.said = this.said.filter((one) => one.patient !== patient);
  }

  async sync(): Promise<string> {
    const outcome = await syncRound({
      store: this.store,
      client: this.#client,
      now: () => this.world.now,
      lang: 'en',
      name: 'Phone',
      status: async () => ({ app: '1', unsent: 0 }),
      leave: async () => {},
      progress: () => {},
      followed: () => {},
    }).catch((error: unknown) => {
      if (error instanceof DOMException) return { trouble: 'killed' as const };
      throw error;
    });
    return 'trouble' in outcome ? outcome.trouble : 'done';
  }

  /** The app is killed somewhere in a round, and opened again. */
  async dieSyncing(): Promise<void> {
    const nth = 1 + Math.floor(this.world.random() * 60);
    const disk = refuseWrites(nth, new DOMException('Killed.', 'AbortError'));
    await this.sync();
    disk.end();
    this.store.close();
    this.store = await reopen(this.me.member);
  }
}

class World {
  readonly random: () => number;
  readonly server = new FakeServer(
    CHARTS.map((id) => ({ ...record(id, 'patient', id, { name: { family: id } }), version: 0 })),
  );
  now = Date.parse('2026-11-21T10:00:00Z');

  constructor(seed: number) {
    this.random = randomOf(seed);
    this.server.signedIn = true;
  }

  chance(share: number): boolean {
    return this.random() < share;
  }

  pick<T>(some: readonly T[]): T {
    return some[Math.floor(this.random() * some.length)]!;
  }

  /** Some of the next requests go wrong, of whatever kind they are. */
  spoil(): void {
    const { faults, takeBackFaults, salvageFaults } = this.server;
    for (const list of [faults, takeBackFaults, salvageFaults]) {
      list.length = 0;
      while (this.chance(0.4)) list.push(this.pick(['none', 'lost_request', 'lost_answer']));
    }
  }

  mend(): void {
    const { faults, takeBackFaults, salvageFaults } = this.server;
    for (const list of [faults, takeBackFaults, salvageFaults]) list.length = 0;
  }
}

async function live(seed: number): Promise<{ restores: number; cutOff: number; waited: number }> {
  const world = new World(seed);
  const { server } = world;
  const phones: Worker[] = [];
  for (let nth = 0; nth < 4; nth += 1)
    phones.push(await new Worker(server, world, `phone-${nth}`).begin());
  const told = { restores: 0, cutOff: 0, waited: 0 };
  const hasHandovers = seed % 3 === 0;
  for (const phone of phones) await phone.sync();
  let backup = server.backup();
  for (let step = 0; step < 70; step += 1) {
    world.now += 60_000;
    const phone = world.pick(phones);
    const what = world.random();
    if (what < 0.45) await phone.type();
    else if (what < 0.75) {
      world.spoil();
      if ((await phone.sync()) !== 'done' && phone.store.memory.follow) told.cutOff += 1;
      world.mend();
    } else if (what < 0.85) await phone.dieSyncing();
    else if (what < 0.9) backup = server.backup();
    else if (what < 0.95) {
      server.restore(backup);
      told.restores += 1;
    } else if (hasHandovers) {
      const patient = world.pick(CHARTS);
      server.takeAway(patient);
      for (const one of phones.filter(() => world.chance(0.5)))
        if ((await one.sync()) === 'done') one.leave(patient);
      server.giveBack(patient);
    }
    told.waited += server.waiting.length;
  }
  // The last restore loses what came since, and one phone never returns.
  for (const phone of phones) await phone.type();
  for (const phone of phones) await phone.sync();
  server.restore(backup);
  told.restores += 1;
  for (const patient of CHARTS) server.giveBack(patient);
  const lost = world.chance(0.5) ? phones.shift()! : null;
  for (let turn = 0; turn < 3; turn += 1)
    for (const phone of phones.toSorted(() => world.random() - 0.5)) await phone.sync();

  const story = `seed ${seed}`;
  const dots = server.log.map(({ device, n }) => `${device}/${n}`);
  expect(new Set(dots).size, story).toBe(dots.length);
  const texts = server.log.map(({ set }) => set!.description);
  const waiting = server.waiting.map(({ set }) => set!.description);
  // What only the lost phone had made can be wanting, or whoever had to forget it; what others made upon it waits.
  if (!lost && !hasHandovers) expect(waiting, story).toEqual([]);
  for (const phone of phones) {
    const left = phone.store.memory.entries.filter(({ state }) => state !== 'waiting');
    expect(left, story).toEqual([]);
    for (const { text } of phone.said) expect([...texts, ...waiting], story).toContain(text);
    for (const patient of CHARTS) await expectAgreement(server, phone, patient, story);
  }
  for (const phone of [...phones, ...(lost ? [lost] : [])]) phone.store.close();
  return told;
}

/** What is shown is what the server has, but for what waits there. */
async function expectAgreement(
  server: FakeServer,
  { store }: Worker,
  patient: string,
  story: string,
): Promise<void> {
  const laid = new Set(store.memory.entries.map(({ change }) => change!.record));
  const shown = ((await store.show(`chart/${patient}`)) ?? [])
    .filter(({ id }) => !laid.has(id))
    .map(({ unsent: _, ...copy }) => copy);
  const held = [...server.records.values()].filter(
    (one) => one.patient === patient && !laid.has(one.id),
  );
  const byId = (one: { id: string }, other: { id: string }) => (one.id < other.id ? -1 : 1);
  expect(shown.sort(byId), story).toEqual(held.sort(byId));
}

test('whatever is restored and whoever returns when, all that a phone still has is there, once', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  const told = { restores: 0, cutOff: 0, waited: 0 };
  for (let seed = 1; seed <= 12; seed += 1) {
    const lived = await live(seed);
    told.restores += lived.restores;
    told.cutOff += lived.cutOff;
    told.waited += lived.waited;
  }
  // The lives reach what they are about.
  expect(told.restores).toBeGreaterThan(20);
  expect(told.cutOff).toBeGreaterThan(5);
  expect(told.waited).toBeGreaterThan(0);
}, 240_000);
