/**
 * Answers that a released server gave, read by this app as that day went on, and by a server newer than this app: with
 * members, kinds, fields and codes that nobody here knows (tests/vectors/README.md, `wire/`).
 */
import { expect, test } from 'vitest';
import { kindNamed } from '../../../pwa/src/fields/catalogue';
import type { App } from '../../../pwa/src/state/app.svelte';
import type { Change, Json, RecordShown, ServerRecord } from '../../../pwa/src/store/types';
import day from '../../vectors/wire/v1/day.json';
import { FakeServer, problem } from '../fake/server';
import { Phone, until } from '../phone';

interface Exchange {
  step: string;
  request: { method: string; path: string; body: Body | null };
  answer: { status: number; body: Body | null };
}
type Body = { [key: string]: unknown; changes?: Change[] };
type Vary = (answer: Body) => Body;

const DAY = day as unknown as Exchange[];
const SYNCS = DAY.filter(({ request }) => request.path === '/api/sync');

/** Answers a phone as the recorded server did: each change as it was answered, what else came in its order. */
class RecordedServer extends FakeServer {
  /** Every change that arrived. */
  readonly arrived: Change[] = [];
  trouble: (() => Response) | null = null;
  #left = [...SYNCS];
  #cursor: unknown = null;

  constructor(private readonly vary: Vary) {
    super();
    this.fetch = (input, init) => this.#answer(String(input), init!);
  }

  /** The edits of each recorded request, in order. */
  get days(): Change[][] {
    return SYNCS.flatMap(({ request }) => (request.body!.changes ? [request.body!.changes] : []));
  }

  async #answer(path: string, init: RequestInit): Promise<Response> {
    if (path === '/api/sync') return this.#sync(await sent(init));
    if (path.endsWith('/escrow')) return new Response(null, { status: 204 });
    const found = DAY.find(({ request }) => request.path === path);
    if (!found) throw new Error(`Nobody asked for ${path} that day.`);
    return Response.json(found.answer.body, { status: found.answer.status });
  }

  #sync(body: Body): Response {
    if (this.trouble) return this.trouble();
    const changes = body.changes ?? [];
    const names = (list: Change[]) => list.map(({ n }) => n).join();
    const next = this.#left.findIndex(
      ({ request }) => names(request.body!.changes ?? []) === names(changes),
    );
    const isNext =
      next >= 0 && !this.#left.slice(0, next).some(({ request }) => request.body!.changes);
    if (changes.length === 0 && !isNext) return Response.json(this.#nothing());
    const [exchange] = this.#left.splice(0, next + 1).slice(-1);
    this.arrived.push(...changes);
    this.#cursor = exchange!.answer.body!.cursor;
    return Response.json(this.vary(exchange!.answer.body!));
  }

  #nothing(): Body {
    const { epoch } = SYNCS[0]!.answer.body!;
    return { epoch, cursor: this.#cursor, more: false };
  }
}

async function sent(init: RequestInit): Promise<Body> {
  if (typeof init.body === 'string') return JSON.parse(init.body);
  const packed = new Blob([init.body as ArrayBuffer]).stream();
  const unpacked = packed.pipeThrough(new DecompressionStream('gzip'));
  return JSON.parse(await new Response(unpacked).text());
}

const MORE = { from_a_newer_server: { what: ['nobody', 'here', 1, null] } };
const NEW_CODE = 'blocked_by_policy';

/** The answer as a newer server might give it. */
function newer(answer: Body): Body {
  const records = (answer.records as ServerRecord[]).map((record) => ({
    ...record,
    ...MORE,
    fields: { ...record.fields, mood: 'calm', visits_left: { at_home: 3, soon: ['a', null] } },
    contested: mapped(record.contested, {
      mood: [
        { value: 'calm', member: 'm', at: 1, seq: 2, seen: 0 },
        { value: { of: 'two' }, member: 'm', at: 1, seq: 1, seen: 0 },
      ],
    }),
    overruled: mapped(record.overruled, {}),
  }));
  const patient = records.find(({ kind }) => kind === 'patient')?.id;
  const housing = {
    ...{ id: 'housing-1', kind: 'housing', patient, version: 1, deleted: false },
    ...{ fields: { name: { family: 'Landlord' }, rent: 700 }, contested: {}, overruled: {} },
  };
  const flyer = { ...housing, id: 'flyer-1', kind: 'flyer', patient: null };
  return {
    ...answer,
    ...MORE,
    records: patient ? [...records, housing, flyer] : records,
    accepted: (answer.accepted as object[]).map((one) => ({ ...one, ...MORE })),
    refused: (answer.refused as object[]).map((one) => ({ ...one, ...MORE, code: NEW_CODE })),
    set_aside: (answer.set_aside as object[]).map((one) => ({ ...one, ...MORE })),
  };
}

function mapped(
  entries: Record<string, object[]>,
  besides: Record<string, object[]>,
): Record<string, object[]> {
  const fuller = Object.entries(entries).map(
    ([name, list]) => [name, list.map((one) => ({ ...one, ...MORE }))] as const,
  );
  return { ...Object.fromEntries(fuller), ...besides };
}

let server: RecordedServer;
let phone: Phone;

async function lived(vary: Vary): Promise<App> {
  server = new RecordedServer(vary);
  phone = new Phone(server);
  await phone.app.start();
  expect(await phone.app.join('token', 'demo')).toBe('joined');
  expect(await phone.app.choosePassphrase('five words that nobody guesses')).toBeNull();
  await phone.app.syncNow();
  for (const edits of server.days) {
    await phone.app.save(edits.map(({ n: _, at: __, ...edit }) => edit));
    await phone.app.syncNow();
  }
  await phone.app.syncNow();
  return phone.app;
}

async function shown(app: App, patient: string): Promise<RecordShown[]> {
  const chart = app.chart(patient);
  await until(() => chart.state === 'open');
  return chart.all();
}

const [rosa, omar] = SYNCS.flatMap(({ request }) => request.body!.changes ?? [])
  .filter(({ kind }) => kind === 'patient')
  .map(({ record }) => record);

test('what the app says is what the released one said', async () => {
  await lived((answer) => answer);
  const said = ({ at: _, seen: __, ...change }: Change) => change;
  expect(server.arrived.map(said)).toEqual(server.days.flat().map(said));
});

test.each([
  ['as they were', (answer: Body) => answer],
  ['as a newer server would give them', newer],
])('the answers of that day are taken in, %s', async (how, vary) => {
  const app = await lived(vary);
  const last = lastCopies(vary);
  expect([app.sync.error, app.sync.unsent]).toEqual([null, 0]);
  for (const record of await shown(app, rosa!)) {
    const { fields, contested, version } = last.get(record.id)!;
    expect(record).toMatchObject({ fields: fields as Json, version, unsent: [] });
    expect(Object.keys(record.contested)).toEqual(Object.keys(contested));
  }
  expect((await shown(app, rosa!)).length).toBe(
    [...last.values()].filter(({ patient }) => patient === rosa).length,
  );
  expect(app.refused.map(({ refusal }) => refusal.code)).toEqual(
    how === 'as they were' ? ['locked', 'invalid'] : [NEW_CODE, NEW_CODE],
  );
  expect(app.refused.every(({ refusal }) => refusal.message.length > 0)).toBe(true);
  expect(app.index.patients.map(({ id }) => id)).not.toContain(omar); // handed over

  // And all of it is on the disk.
  const before = await shown(app, rosa!);
  const again = phone.reload();
  await again.start();
  expect(await again.unlock('five words that nobody guesses')).toBe('open');
  expect(await shown(again, rosa!)).toEqual(before);
  expect(again.refused.length).toBe(2);
});

/** Each record's newest recorded copy. */
function lastCopies(vary: Vary): Map<string, ServerRecord> {
  const copies = SYNCS.flatMap(({ answer }) => vary(answer.body!).records as ServerRecord[]);
  return new Map(copies.map((copy) => [copy.id, copy]));
}

test('a kind and a field that this app does not have are passed on as they came', async () => {
  const app = await lived(newer);
  const housing = (await shown(app, rosa!)).find(({ kind }) => kind === 'housing')!;
  expect(kindNamed('housing')).toBeUndefined();
  expect(housing.fields).toEqual({ name: { family: 'Landlord' }, rent: 700 });
  const flyers = app.library('flyer');
  await until(() => flyers.all().length === 1);
  const medication = (await shown(app, rosa!)).find(({ kind }) => kind === 'medication')!;
  expect(medication.fields).toMatchObject({ mood: 'calm' });
});

test('too old for the office, what is unsent waits on the disk, and goes as it was once it is heard', async () => {
  const app = await lived((answer) => answer);
  server.trouble = () => problem(426, 'protocol', { protocols: [2] });
  const edit = { record: rosa!, kind: 'patient', patient: rosa!, seen: 1 };
  await app.save([{ ...edit, set: { preferred_name: 'Rosita' } }]);
  await app.syncNow();
  expect([app.sync.error, app.sync.unsent]).toEqual(['outdated', 1]);
  const again = phone.reload();
  await again.start();
  await again.unlock('five words that nobody guesses');
  expect(again.sync.unsent).toBe(1);
  const fields = (await shown(again, rosa!)).find(({ id }) => id === rosa)!.fields;
  expect(fields.preferred_name).toBe('Rosita');
  await again.syncNow();
  expect([again.sync.error, again.sync.unsent]).toEqual(['outdated', 1]);
});
