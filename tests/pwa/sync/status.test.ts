import { expect, test } from 'vitest';
import { askStorage, statusOf, unsentOf } from '../../../pwa/src/sync/status';
import { FakeServer } from '../fake/server';
import { openPhone } from '../phone';

test('persistent storage is asked for only when told to, and only until it is granted', async () => {
  let asked = 0;
  const manager = {
    persisted: async () => asked > 0,
    persist: async () => ((asked += 1), true),
    estimate: async () => ({ usage: 30, quota: 120 }),
  };
  const storage = { used: 30, quota: 120 };
  expect(await askStorage(manager)).toEqual({ persisted: false, storage });
  expect(await askStorage(manager, true)).toEqual({ persisted: true, storage });
  expect(await askStorage(manager, true)).toEqual({ persisted: true, storage });
  expect(asked).toBe(1);
});

test('a refusal is said as one, and a browser that tells nothing is not guessed for', async () => {
  const refusing = { persisted: async () => false, persist: async () => false };
  expect(await askStorage(refusing, true)).toEqual({ persisted: false, storage: null });
  expect(await askStorage({}, true)).toEqual({ persisted: null, storage: null });
  expect(await askStorage(undefined)).toEqual({ persisted: null, storage: null });
});

test('the status says how much is unsent and since when', async () => {
  const phone = await openPhone(new FakeServer());
  phone.server.signedIn = false;
  const store = phone.app.session.store!;
  expect(unsentOf(store)).toEqual({ unsent: 0, oldest: null });
  const first = phone.now;
  for (const note of ['one', 'two']) {
    await phone.app.save([{ record: 'r', kind: 'goal', patient: null, seen: 0, set: { note } }]);
    phone.now += 1_000;
  }
  const storage = { persisted: true, storage: { used: 30, quota: 120 } };
  expect(statusOf(store, '1.0.0', storage)).toEqual({
    app: '1.0.0',
    unsent: 2,
    oldest: first,
    storage: 0.25,
    persisted: true,
  });
});
