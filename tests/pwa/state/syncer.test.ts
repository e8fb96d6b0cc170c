import { expect, test } from 'vitest';
import { FakeServer } from '../fake/server';
import { openPhone, record, until } from '../phone';

const P = 'patient-1';

test('an answer that comes when somebody else uses the phone is not taken for theirs', async () => {
  const server = new FakeServer([{ ...record(P, 'patient', P, {}), version: 0 }]);
  const phone = await openPhone(server);
  const device = phone.app.device!;
  const whole = server.fetch;
  let [isOnItsWay, letGo] = [false, () => {}];
  const held = new Promise<void>((resolve) => (letGo = resolve));
  server.fetch = async (path, init) => {
    isOnItsWay = true;
    await held;
    return whole(path, init);
  };
  const syncing = phone.app.syncNow();
  await until(() => isOnItsWay);
  server.fetch = whole;
  await phone.app.lock();
  server.me = { ...server.me, member: crypto.randomUUID(), name: 'Imani Okafor' };
  expect(await phone.app.join('token')).toBe('joined');
  server.devices.get(device)!.revoked = true;
  letGo();
  await syncing;
  expect([phone.app.phase, phone.app.me?.name]).toEqual(['open', 'Imani Okafor']);
  await until(async () => (await indexedDB.databases()).length === 1);
  expect(await indexedDB.databases()).toMatchObject([{ name: `doorstep-${server.me.member}` }]);
  expect(phone.app.sync.error).toBeNull();
});
