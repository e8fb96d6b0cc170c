/**
 * The app is killed at every single write of a day's work, one after the other. Whatever was saved reaches the server
 * once, whatever was not reaches it never, and the phone ends up with what the server holds.
 */
import { expect, test, vi } from 'vitest';
import { summarise } from '../../../pwa/src/store/summarise';
import type { Edit } from '../../../pwa/src/store/types';
import { refuseWrites } from '../disk';
import { FakeServer } from '../fake/server';
import { openPhone, record, type Phone } from '../phone';

const P = 'patient-1';
const Q = 'patient-2';

function edit(dose: string): Edit {
  return { record: 'med', kind: 'medication', patient: P, seen: 2, set: { dose } };
}

async function day(phone: Phone, server: FakeServer): Promise<string[]> {
  const saved: string[] = [];
  const save = async (...doses: string[]) => {
    await phone.app.save(doses.map(edit)).then(
      () => saved.push(...doses),
      () => {},
    );
  };
  await save('1 mg');
  await phone.app.syncNow();
  server.refuse = ({ set }) => (set?.dose === '3 mg' ? { code: 'invalid', message: 'No.' } : null);
  await save('2 mg', '3 mg', '4 mg');
  server.put(record('goal', 'goal', P, { description: 'Walk' }));
  server.takeAway(Q);
  server.tell({ device: 'd', n: 1, record: 'med', field: 'dose', value: '7 mg' });
  server.faults.push('lost_answer');
  await phone.app.syncNow();
  await phone.app.syncNow();
  await save('5 mg');
  await phone.app
    .draft(`${P}/x`)
    .put('half')
    .catch(() => {});
  await phone.app.syncNow();
  return saved;
}

/** The whole day with the disk failing from the nth write on; how many writes there were. */
async function killedAt(nth: number): Promise<number> {
  const server = new FakeServer([
    { ...record(P, 'patient', P, { name: { family: 'Diallo' } }), version: 0 },
    { ...record('med', 'medication', P, { dose: '0 mg' }), version: 0 },
    { ...record(Q, 'patient', Q, { name: { family: 'Tan' } }), version: 0 },
  ]);
  const phone = await openPhone(server);
  const disk = refuseWrites(nth, new DOMException('Killed.', 'AbortError'));
  const saved = await day(phone, server);
  disk.end();
  phone.reload();
  server.faults.length = 0;
  await phone.app.start();
  await phone.app.unlock();
  await phone.app.syncNow();
  await phone.app.syncNow();

  const store = phone.app.session.store!;
  const refused = phone.app.refused.map(({ change }) => change!.set!.dose);
  const arrived = server.log.map(({ set }) => set!.dose);
  expect([...arrived, ...refused].sort(), `saved, killed at ${nth}`).toEqual(saved.toSorted());
  expect(phone.app.sync.unsent).toBe(0);
  expect(phone.app.index.notices).toHaveLength(1);
  const shown = (await store.show(`chart/${P}`))!;
  const held = [...server.records.values()].filter(({ patient }) => patient === P);
  expect(shown.map(({ unsent: _, ...copy }) => copy).sort(byId)).toEqual(held.sort(byId));
  expect(await store.show(`chart/${Q}`)).toBeNull();
  expect(phone.app.index.patients).toEqual([summarise(shown, store.member).patient]);
  return disk.count();
}

const byId = (one: { id: string }, other: { id: string }) => (one.id < other.id ? -1 : 1);

// A whole day is lived for each of its writes.
const LONG = { timeout: 240_000 };

test('killed at any write, nothing saved is lost and nothing is doubled', LONG, async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  let nth = 1;
  while ((await killedAt(nth)) >= nth) nth += 1;
  expect(nth).toBeGreaterThan(30);
});
