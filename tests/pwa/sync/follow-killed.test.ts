/**
 * The app is killed at every single write while it follows a restored server. Opened again it goes on, and in the end
 * everything is there once, and the phone holds what the server holds.
 */
import { expect, test, vi } from 'vitest';
import type { Edit } from '../../../pwa/src/store/types';
import { refuseWrites } from '../disk';
import { FakeServer } from '../fake/server';
import { openPhone, record } from '../phone';

const P = 'patient-1';
const Q = 'patient-2';

const goal = (id: string): Edit => ({
  record: id,
  kind: 'goal',
  patient: P,
  seen: 0,
  set: { description: id },
});

/** Following with the disk failing from the nth write on; how many writes there were. */
async function killedAt(nth: number): Promise<number> {
  const server = new FakeServer([
    { ...record(P, 'patient', P, { name: { family: 'Diallo' } }), version: 0 },
    { ...record('med', 'medication', P, { dose: '0 mg' }), version: 0 },
  ]);
  const phone = await openPhone(server);
  const backup = server.backup();
  await phone.app.save([goal('kept')]);
  await phone.app.syncNow();
  server.put(record('lost', 'medication', P, { dose: '1 mg' }));
  server.put(record(Q, 'patient', Q, { name: { family: 'Tan' } }));
  await phone.app.syncNow();
  await phone.app.save([{ ...goal('lost'), kind: 'medication', seen: 4, set: { dose: '2 mg' } }]);
  await phone.app.syncNow();
  server.restore(backup);
  for (let other = 0; other < 4; other += 1) server.put(record(`g${other}`, 'goal', P, {}));
  server.mostRecords = 5;
  server.signedIn = false;
  await phone.app.save([goal('unsent')]);
  server.signedIn = true;

  const disk = refuseWrites(nth, new DOMException('Killed.', 'AbortError'));
  await phone.app.syncNow();
  const isTyped = await phone.app.save([goal('typed')]).then(
    () => true,
    () => false,
  );
  await phone.app.syncNow();
  disk.end();
  phone.reload();
  await phone.app.start();
  await phone.app.unlock();
  await phone.app.syncNow();
  await phone.app.syncNow();

  const story = `killed at ${nth}`;
  expect(phone.app.sync, story).toMatchObject({
    restored: null,
    error: null,
    unsent: 0,
    waiting: 1,
  });
  const made = ['kept', 'unsent', ...(isTyped ? ['typed'] : [])];
  expect(
    server.log.map((one) => one.record),
    story,
  ).toEqual(made);
  expect(server.waiting, story).toMatchObject([{ record: 'lost', set: { dose: '2 mg' } }]);
  expect(
    server.salvaged.map(({ id }) => id),
    story,
  ).toContain('lost');
  const store = phone.app.session.store!;
  const shown = (await store.show(`chart/${P}`))!.filter(({ id }) => id !== 'lost');
  expect(new Set(shown.map(({ id }) => id)), story).toEqual(new Set(server.records.keys()));
  expect(
    shown.every(({ unsent }) => unsent.length === 0),
    story,
  ).toBe(true);
  expect(await store.show(`chart/${Q}`), story).toBeNull();
  expect(
    phone.app.index.patients.map(({ id }) => id),
    story,
  ).toEqual([P]);
  return disk.count();
}

// A whole restore is lived for each of its writes.
const LONG = { timeout: 240_000 };

test('killed at any write of its following, a phone goes on where it was', LONG, async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  let nth = 1;
  while ((await killedAt(nth)) >= nth) nth += 1;
  expect(nth).toBeGreaterThan(25);
});
