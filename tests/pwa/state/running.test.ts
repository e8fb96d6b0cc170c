import { beforeEach, expect, test, vi } from 'vitest';
import { refuseWrites } from '../disk';
import { FakeServer } from '../fake/server';
import { Phone, openPhone, record, until } from '../phone';

const P = 'patient-1';
let server: FakeServer;

beforeEach(() => {
  server = new FakeServer([{ ...record(P, 'patient', P, {}), version: 0 }]);
});

/** Requests to `path` fail until the function that is returned is called. */
function lose(path: string): () => void {
  const whole = server.fetch;
  server.fetch = async (input, init) => {
    if (String(input).includes(path)) throw new TypeError('network');
    return whole(input, init);
  };
  return () => (server.fetch = whole);
}

test('the escrow gets a copy of the key once, and again only for another device or another server', async () => {
  const phone = await openPhone(server);
  await until(() => server.escrow.copies.size === 1);
  const [copy] = server.escrow.copies.values();
  await phone.app.lock();
  await phone.app.unlock();
  await phone.app.syncNow();
  expect([...server.escrow.copies.values()]).toEqual([copy]);
});

test('a copy that did not arrive is sent with a later contact of the same opening', async () => {
  const mend = lose('/escrow');
  const phone = await openPhone(server);
  await phone.app.syncNow();
  expect(server.escrow.copies.size).toBe(0);
  mend();
  await phone.app.syncNow();
  await until(() => server.escrow.copies.size === 1);
});

test('a disk that fails while the office is heard is tried again at the next contact', async () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => {});
  const whole = server.fetch;
  let disk: ReturnType<typeof refuseWrites> | undefined;
  server.fetch = async (path, init) => {
    const response = await whole(path, init);
    if (path === '/api/me') disk ??= refuseWrites(1, new DOMException('Broken.', 'UnknownError'));
    return response;
  };
  const phone = await openPhone(server);
  await until(() => log.mock.calls.length > 0);
  disk!.end();
  expect(server.escrow.copies.size).toBe(0);
  await phone.app.syncNow();
  await until(() => server.escrow.copies.size === 1);
});

test('a store that is erased while its copy is on the way ends without a word', async () => {
  const phone = await openPhone(server);
  server.devices.get(phone.app.device!)!.revoked = true;
  await phone.app.syncNow();
  phone.app.wake();
  phone.app.wake();
  await until(() => phone.app.phase === 'signed_out');
  expect(phone.app.erasures).toHaveLength(1);
  expect(server.erased).toHaveLength(1);
});

test('a locked phone syncs nothing, and one that opens again follows what the server has', async () => {
  const phone = await openPhone(server);
  await phone.app.lock();
  const requests = server.requests.length;
  phone.pass(3_600_000);
  expect(server.requests).toHaveLength(requests);
  server.put(record('task', 'task', P, { description: 'Call' }));
  await phone.app.unlock();
  await until(() => phone.app.index.tasks.length === 1);
});

test('a phone that nobody has signed in on asks for nothing', async () => {
  const asked: string[] = [];
  const whole = server.fetch;
  server.fetch = async (path, init) => {
    asked.push(String(path));
    return whole(path, init);
  };
  const phone = new Phone(server);
  await phone.app.start();
  phone.app.wake();
  phone.pass(3_600_000);
  expect(asked).toEqual([]);
});

test('a hidden tab that hears nothing does not lock the one in use, and both lock once nobody is there', async () => {
  const phone = await openPhone(server);
  const tab = await phone.openTab();
  vi.spyOn(BroadcastChannel.prototype, 'postMessage').mockImplementation(() => {});
  for (let minute = 0; minute < 12; minute += 1) {
    phone.pass(60_000);
    phone.app.touch();
  }
  tab.wake();
  expect([phone.app.phase, tab.phase]).toEqual(['open', 'open']);
  vi.restoreAllMocks();
  phone.pass(5 * 60_000);
  await until(() => phone.app.phase === 'locked' && tab.phase === 'locked');
  expect([...phone.kept.keys()].filter((key) => key.startsWith('doorstep.used'))).toEqual([]);
});
