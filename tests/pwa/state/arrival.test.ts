import { beforeEach, expect, test } from 'vitest';
import { Arrivals } from '../../../pwa/src/state/arrival';
import type { Platform } from '../../../pwa/src/state/platform';
import { Client } from '../../../pwa/src/sync/client';
import { FakeAuthenticator } from '../fake/authenticator';
import { FakeServer, problem } from '../fake/server';

const MINUTE = 60_000;
let server: FakeServer;
let authenticator: FakeAuthenticator;
let kept: Map<string, string>;
let asked: string[];
let now: number;
let arrivals: Arrivals;

beforeEach(() => {
  server = new FakeServer();
  authenticator = new FakeAuthenticator();
  [kept, asked, now] = [new Map(), [], 0];
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
  const client = new Client((path, init) => {
    asked.push(String(path));
    return server.fetch(path, init);
  });
  const platform = { authenticator, storage, clock: { now: () => now }, name: 'Test phone' };
  arrivals = new Arrivals(client, platform as unknown as Platform);
});

test('an invitation says whose it is and is not used up by that', async () => {
  expect(await arrivals.invited('token')).toEqual({
    name: server.me.name,
    organisation_name: server.me.organisation_name,
    demo: server.me.demo,
    recovery: false,
  });
  expect(server.signedIn).toBe(false);
  expect(await arrivals.invited('used')).toBe('used');
});

test('accepted with a new passkey, it says who has come, with what, and what that gives to seal with', async () => {
  const arrival = await arrivals.accept('token', 'passkey');
  if (typeof arrival === 'string') throw new Error(arrival);
  expect(arrival.me.member).toBe(server.me.member);
  expect(arrival.credential).toBe([...authenticator.passkeys.keys()][0]);
  expect(arrival.shown).toMatchObject({ way: 'prf', credential: arrival.credential });
});

test('the options of an invitation that was just read are used, and older ones asked for anew', async () => {
  await arrivals.invited('token');
  await arrivals.accept('token', 'passkey');
  expect(asked).toEqual(['/api/invitations/open', '/api/invitations/accept']);
  asked.length = 0;
  await arrivals.invited('other');
  now += 3 * MINUTE;
  await arrivals.accept('other', 'passkey');
  expect(asked).toEqual([
    '/api/invitations/open',
    '/api/invitations/open',
    '/api/invitations/accept',
  ]);
});

test('an invitation works once: what comes after it may be tried again without it', async () => {
  const first = await arrivals.accept('token', 'passkey');
  asked.length = 0;
  expect(await arrivals.accept('token', 'passkey')).toBe(first);
  expect(asked).toEqual([]);
  arrivals.end();
  await arrivals.accept('token', 'passkey');
  expect(asked).toContain('/api/invitations/accept');
});

test('a passkey that gives nothing seals nothing, and one that was declined is not asked of the server', async () => {
  authenticator.seals = 'never';
  expect(await arrivals.accept('token', 'passkey')).toMatchObject({
    credential: null,
    shown: null,
  });
  authenticator.declines.push('cancelled');
  expect(await arrivals.accept('second', 'passkey')).toBe('cancelled');
  expect(asked.filter((path) => path.endsWith('/accept'))).toHaveLength(1);
});

test('with a passkey the server says whose it is; one that it does not know has failed', async () => {
  await arrivals.accept('token', 'passkey');
  arrivals.end();
  const given = await arrivals.give();
  expect(given).toMatchObject({ me: { member: server.me.member }, shown: { way: 'prf' } });
  server.passkeys.clear();
  expect(await arrivals.give()).toBe('failed');
});

test('tried too often is told from a link that was used and from no signal', async () => {
  server.fetch = async () => problem(429, 'too_many');
  expect(await arrivals.invited('token')).toBe('too_many');
  expect(await arrivals.give()).toBe('too_many');
  server.fetch = () => Promise.reject(new TypeError('network'));
  expect(await arrivals.invited('token')).toBe('offline');
  expect(await arrivals.give()).toBe('offline');
});

test('an arrival that was cut off is gone on with, until its session has ended', async () => {
  expect(arrivals.isCutOff).toBe(false);
  await arrivals.accept('token', 'passkey');
  expect(arrivals.isCutOff).toBe(true);
  expect(await arrivals.resume()).toEqual({
    me: expect.objectContaining({ member: server.me.member }),
    credential: null,
    shown: null,
  });
  const whole = server.fetch;
  server.fetch = () => Promise.reject(new TypeError('network'));
  expect([await arrivals.resume(), arrivals.isCutOff]).toEqual([null, true]);
  server.fetch = whole;
  server.signedIn = false;
  expect([await arrivals.resume(), arrivals.isCutOff]).toEqual([null, false]);
});
