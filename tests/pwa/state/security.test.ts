import { beforeEach, expect, test } from 'vitest';
import { FakeServer } from '../fake/server';
import { openPhone, until, type Phone } from '../phone';

const WORDS = 'ladder orbit canyon velvet pencil';
let server: FakeServer;
let phone: Phone;

beforeEach(async () => {
  server = new FakeServer();
  phone = await openPhone(server);
});

async function listed() {
  const reply = await phone.app.security.passkeys();
  if (!('answer' in reply)) throw new Error(reply.trouble);
  return reply.answer;
}

const ways = async () => (await phone.app.session.store!.wraps()).map(({ id }) => id);

test('a member’s passkeys are listed, and which of them opens this phone', async () => {
  server.passkeys.set('elsewhere', { ...[...server.passkeys.values()][0]!, name: 'Tablet' });
  expect((await listed()).map(({ name, opens }) => [name, opens])).toEqual([
    ['Test phone', true],
    ['Tablet', false],
  ]);
  expect((await listed())[0]).not.toHaveProperty('credential');
});

test('a passkey added on an open phone opens it from then on', async () => {
  expect(await phone.app.security.addPasskey('Key')).toBe('added');
  expect((await listed()).map(({ name, opens }) => [name, opens])).toEqual([
    ['Test phone', true],
    ['Key', true],
  ]);
  phone.reload();
  await phone.app.start();
  phone.authenticator.picks = [...phone.authenticator.passkeys.keys()].at(-1)!;
  expect(await phone.app.unlock()).toBe('open');
});

test('one that gives nothing to seal with is added, and opens nothing here', async () => {
  phone.authenticator.seals = 'never';
  expect(await phone.app.security.addPasskey('Key')).toBe('added');
  expect((await listed()).map(({ opens }) => opens)).toEqual([true, false]);
});

test('a person’s no, an authenticator that has one and a server’s no are told apart', async () => {
  phone.authenticator.declines.push('cancelled', 'passkey_exists');
  expect(await phone.app.security.addPasskey('Key')).toBe('cancelled');
  expect(await phone.app.security.addPasskey('Key')).toBe('passkey_exists');
  server.signedIn = false;
  expect(await phone.app.security.addPasskey('Key')).toBe('signed_out');
});

test('long after they signed in, a passkey that they have is shown before another is added', async () => {
  server.isFresh = false;
  phone.authenticator.asked.length = 0;
  expect(await phone.app.security.addPasskey('Key')).toBe('added');
  expect(phone.authenticator.asked).toEqual(['give', 'make', 'show']);
  phone.authenticator.declines.push('cancelled');
  expect(await phone.app.security.addPasskey('Third')).toBe('cancelled');
  expect((await listed()).map(({ name }) => name)).toEqual(['Test phone', 'Key']);
});

test('a passkey is renamed; removed, it opens this phone no more', async () => {
  await phone.app.security.addPasskey('Key');
  const [first, second] = await listed();
  expect(await phone.app.security.renamePasskey(second!.id, 'Blue key')).toBe('renamed');
  expect((await listed())[1]!.name).toBe('Blue key');
  expect(await phone.app.security.removePasskey(first!.id)).toBe('removed');
  expect(await ways()).toEqual([[...phone.authenticator.passkeys.keys()][1]]);
});

test('the last passkey stays, and so does the only way into this phone', async () => {
  const [only] = await listed();
  expect(await phone.app.security.removePasskey(only!.id)).toBe('last_passkey');
  server.passkeys.set('elsewhere', { ...[...server.passkeys.values()][0]!, name: 'Tablet' });
  expect(await phone.app.security.removePasskey(only!.id)).toBe('last_way');
  await phone.app.choosePassphrase(WORDS);
  expect(await phone.app.security.removePasskey(only!.id)).toBe('removed');
  expect(await ways()).toEqual(['passphrase']);
  expect(await phone.app.security.removePassphrase()).toBe(false);
  const [other] = await listed();
  expect(await phone.app.security.removePasskey(other!.id)).toBe('last_passkey');
});

test('a passkey removed on another phone opens this one no more, unless nothing else does', async () => {
  await phone.app.security.addPasskey('Key');
  const [first, second] = [...server.passkeys.keys()];
  server.passkeys.delete(first!);
  await listed();
  expect(await ways()).toEqual([second]);
  server.passkeys.delete(second!);
  await listed();
  expect(await ways()).toEqual([second]);
});

test('a passphrase is taken away where a passkey opens the phone', async () => {
  await phone.app.choosePassphrase(WORDS);
  expect(await phone.app.security.ways()).toEqual({ passkey: true, passphrase: true });
  expect(await phone.app.security.removePassphrase()).toBe(true);
  expect(await phone.app.security.ways()).toEqual({ passkey: true, passphrase: false });
});

test('this phone revoked from itself is erased at once', async () => {
  expect(await phone.app.security.revokeDevice(phone.app.device!)).toBe('revoked');
  await until(() => phone.app.phase === 'signed_out');
  expect(phone.app.erasures).toHaveLength(1);
  expect(await indexedDB.databases()).toEqual([]);
});

test('devices and activity come as the server says, or say why not', async () => {
  const device = { id: 'd', name: 'Pixel 8' };
  server.more = (path) => {
    if (path === '/api/devices') return Response.json({ devices: [device] });
    if (path === '/api/me/activity') return Response.json({ activity: 'none' });
    return null;
  };
  expect(await phone.app.security.devices()).toEqual({ answer: [device] });
  expect(await phone.app.security.activity()).toEqual({ trouble: 'offline' });
});
