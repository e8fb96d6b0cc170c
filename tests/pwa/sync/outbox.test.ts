import { expect, test } from 'vitest';
import type { Entry } from '../../../pwa/src/store/journal';
import type { Edit } from '../../../pwa/src/store/types';
import { lowerTimes, takeBatch } from '../../../pwa/src/sync/outbox';
import { FakeServer } from '../fake/server';
import { openPhone, type Phone } from '../phone';

const edit = (note: string): Edit => ({
  record: 'r',
  kind: 'goal',
  patient: null,
  seen: 0,
  set: { note },
});

/** A phone with a store and no way to the server. */
async function alone(): Promise<Phone> {
  const phone = await openPhone(new FakeServer());
  phone.server.signedIn = false;
  return phone;
}

const entry = (n: number, at: number): Entry => ({
  device: 'd',
  n,
  state: 'pending',
  patient: null,
  change: { ...edit('x'), n, at },
  made: null,
});

test('before first sending each at is lowered to the lesser of itself and that of the next n', () => {
  const lowered = lowerTimes([entry(1, 50), entry(2, 90), entry(3, 60), entry(4, 70)]);
  expect(lowered.map(({ n, change }) => [n, change!.at])).toEqual([[2, 60]]);
  const chain = lowerTimes([entry(1, 90), entry(2, 80), entry(3, 10)]);
  expect(chain.map(({ n, change }) => [n, change!.at]).sort()).toEqual([
    [1, 10],
    [2, 10],
  ]);
});

test('a change that was sent once keeps its content, whatever the clock does then', async () => {
  const phone = await alone();
  const store = phone.app.session.store!;
  await phone.app.save([edit('one')]);
  const [first] = (await takeBatch(store)).changes;
  phone.now -= 3_600_000;
  await phone.app.save([edit('two')]);
  phone.now -= 3_600_000;
  await phone.app.save([edit('three')]);
  const again = (await takeBatch(store)).changes;
  expect(again[0]).toEqual(first);
  expect(again[1]!.at).toBe(again[2]!.at);
});

test('a lowered time is on the disk before the change is sent', async () => {
  const phone = await alone();
  await phone.app.save([edit('one')]);
  phone.now -= 1_000;
  await phone.app.save([edit('two')]);
  const sent = (await takeBatch(phone.app.session.store!)).changes;
  phone.reload();
  await phone.app.start();
  await phone.app.unlock();
  expect((await takeBatch(phone.app.session.store!)).changes).toEqual(sent);
});

test('batches keep the order of n and hold at most what one request may', async () => {
  const phone = await alone();
  await phone.app.save(Array.from({ length: 1_200 }, (_, nth) => edit(`note ${nth}`)));
  const store = phone.app.session.store!;
  const numbers = (await takeBatch(store)).changes.map(({ n }) => n);
  expect(numbers).toEqual(Array.from({ length: 1_000 }, (_, nth) => nth + 1));
  expect((await takeBatch(store, 3)).changes.map(({ n }) => n)).toEqual([1, 2, 3]);
});

test('a batch stays under 5 MB, and one change that is larger goes alone', async () => {
  const phone = await alone();
  const large = 'ä'.repeat(1_000_000);
  await phone.app.save([edit(large), edit(large), edit('x'.repeat(6_000_000)), edit('small')]);
  const store = phone.app.session.store!;
  const batch = await takeBatch(store);
  expect(batch.changes.map(({ n }) => n)).toEqual([1]);
});

test('made is that of the first change', async () => {
  const phone = await alone();
  await phone.app.save([edit('one')]);
  const batch = await takeBatch(phone.app.session.store!);
  expect(batch.made).toBe('0');
  expect(batch.device).toBe(phone.app.session.store!.memory.account.device);
});
