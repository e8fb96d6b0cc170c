/**
 * Answers of released servers, as they were on the wire (tests/vectors/wire): this phone reads them, and it reads those
 * of a server that says more than it knows, and keeps that.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { shelfOf } from '../../../pwa/src/store/charts';
import type { Me, ServerRecord } from '../../../pwa/src/store/types';
import { applyAnswer } from '../../../pwa/src/sync/answer';
import { readMe } from '../../../pwa/src/sync/enrol';
import { readAnswer } from '../../../pwa/src/sync/wire';
import { makeStore } from '../keys';
import '../phone';

interface Exchange {
  step: string;
  request: { method: string; path: string; body: { device?: string } | null };
  answer: { status: number; body: Record<string, unknown> };
}

const WIRE = join(import.meta.dirname, '../../vectors/wire');
const days = readdirSync(WIRE).flatMap((release) =>
  readdirSync(join(WIRE, release))
    .filter((file) => file.endsWith('.json'))
    .map((file) => `${release}/${file}`),
);
const read = (day: string) => JSON.parse(readFileSync(join(WIRE, day), 'utf8')) as Exchange[];

/** The phone that took part in this day takes its answers; what it shows then, by id. */
async function live(exchanges: Exchange[], more: (body: object) => object = (body) => body) {
  const me = exchanges.find(({ answer }) => readMe(answer.body))!.answer.body as unknown as Me;
  const syncs = exchanges.filter(({ request }) => request.path === '/api/sync');
  const device = syncs[0]!.request.body!.device!;
  const store = await makeStore({
    me: { ...me, member: crypto.randomUUID() },
    device,
    secret: 's',
  });
  const sent = new Map<string, ServerRecord>();
  for (const { step, answer: recorded } of syncs) {
    const answer = readAnswer(more(recorded.body));
    if (!answer) throw new Error(`Not read: ${step}`);
    for (const patient of answer.forget)
      for (const [id, one] of sent) if (one.patient === patient) sent.delete(id);
    for (const one of answer.records) sent.set(one.id, one);
    await applyAnswer(store, answer, { device, reads: [] }, 0);
  }
  const shelves = new Set([...sent.values()].map(shelfOf));
  const shown = await Promise.all([...shelves].map((shelf) => store.show(shelf)));
  const copies = shown.flatMap((one) => one ?? []).map(({ unsent: _, ...copy }) => copy);
  return { sent, shown: new Map(copies.map((copy) => [copy.id, copy])), store };
}

for (const day of days) {
  test(`${day}: every answer is read, and what it brought is shown`, async () => {
    const { sent, shown, store } = await live(read(day));
    expect(sent.size).toBeGreaterThan(3);
    expect(shown).toEqual(sent);
    expect(store.memory.progress.epoch).not.toBeNull();
  });

  test(`${day}: what a newer server says besides is kept, and breaks nothing`, async () => {
    const newer = (body: object) => {
      const { records, ...rest } = body as { records: ServerRecord[] };
      const said = records.map((one) => ({
        ...one,
        kind: one.kind === 'patient' ? one.kind : `${one.kind}_of_tomorrow`,
        fields: { ...one.fields, field_of_tomorrow: { much: ['of', 'it'] } },
        member_of_tomorrow: 1,
      }));
      return { ...rest, records: said, list_of_tomorrow: [1], accepted_at: 7 };
    };
    const { sent, shown } = await live(read(day), newer);
    expect(shown).toEqual(sent);
    for (const one of shown.values())
      expect(one.fields.field_of_tomorrow).toEqual({ much: ['of', 'it'] });
  });
}
