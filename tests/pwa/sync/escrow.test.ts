import { expect, test } from 'vitest';
import { toBase64url } from '../../../pwa/src/store/base64url';
import { Client } from '../../../pwa/src/sync/client';
import { keepEscrow, releaseEscrow } from '../../../pwa/src/sync/escrow';
import type { Store } from '../../../pwa/src/store/store';
import { ME } from '../fake/caseload';
import { FakeEscrow } from '../fake/escrow';
import { problem } from '../fake/server';
import { keyOf, makeStore } from '../keys';
import '../phone';

/** A store whose server has this key, or none. */
function storeOf(escrow_key?: string): Promise<Store> {
  const me = { ...ME, member: crypto.randomUUID(), ...(escrow_key ? { escrow_key } : {}) };
  return makeStore({ me, device: 'device-1', secret: 'secret' });
}

/** What is asked, answered by `answer`. */
function asking(answer: () => Response): {
  client: Client;
  asked: { path: string; init: RequestInit }[];
} {
  const asked: { path: string; init: RequestInit }[] = [];
  const client = new Client(async (path, init) => {
    asked.push({ path: String(path), init: init! });
    return answer();
  });
  return { client, asked };
}

const taken = () => new Response(null, { status: 204 });

test('a copy goes to the server once, under the device and with its secret', async () => {
  const store = await storeOf(await new FakeEscrow().publicKey());
  const { client, asked } = asking(taken);
  expect([await keepEscrow(store, client), await keepEscrow(store, client)]).toEqual([true, true]);
  expect(asked.map(({ path }) => path)).toEqual(['/api/devices/device-1/escrow']);
  expect(new Headers(asked[0]!.init.headers).get('Doorstep-Device')).toBe('secret');
});

test('the copy opens the store, for whoever has the key of the server', async () => {
  const escrow = new FakeEscrow();
  const store = await storeOf(await escrow.publicKey());
  const { client, asked } = asking(taken);
  await keepEscrow(store, client);
  const { sealed } = JSON.parse(String(asked[0]!.init.body)) as { sealed: string };
  escrow.copies.set('device-1', sealed);
  const key = (await escrow.open('device-1'))!;
  const released = await releaseEscrow(asking(() => Response.json({ key })).client, 'device-1');
  expect('answer' in released && (await store.isSealedBy(released.answer))).toBe(true);
  expect(await store.isSealedBy(await keyOf(await storeOf()))).toBe(false);
});

test('a server that wants no copy gets none, and one with another key another copy', async () => {
  const without = asking(taken);
  expect(await keepEscrow(await storeOf(), without.client)).toBe(true);
  expect(without.asked).toEqual([]);
  const store = await storeOf(await new FakeEscrow().publicKey());
  const { client, asked } = asking(taken);
  await keepEscrow(store, client);
  store.memory.account.me.escrow_key = await new FakeEscrow().publicKey();
  await keepEscrow(store, client);
  expect(asked).toHaveLength(2);
});

test('what did not arrive is sent again', async () => {
  const store = await storeOf(await new FakeEscrow().publicKey());
  expect(await keepEscrow(store, asking(() => problem(503, 'busy')).client)).toBe(false);
  const { client, asked } = asking(taken);
  expect(await keepEscrow(store, client)).toBe(true);
  expect(asked).toHaveLength(1);
});

test('what is no key of 256 bits is none', async () => {
  for (const body of [{}, { key: 7 }, { key: '*' }, { key: toBase64url(new ArrayBuffer(16)) }])
    expect(await releaseEscrow(asking(() => Response.json(body)).client, 'd')).toEqual({
      trouble: 'offline',
    });
  const refused = await releaseEscrow(asking(() => problem(404, 'no_escrow')).client, 'd');
  expect(refused).toMatchObject({ trouble: 'refused', code: 'no_escrow' });
});
