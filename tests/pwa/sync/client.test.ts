import { expect, test } from 'vitest';
import { Client, type Call } from '../../../pwa/src/sync/client';
import { isObject } from '../../../pwa/src/sync/wire';
import { problem } from '../fake/server';

const read = (body: unknown) => (isObject(body) && body.fine === true ? 'read' : null);

function ask(answer: () => Response | Promise<Response>, call?: Call) {
  return new Client(async () => answer()).call('/api/x', read, call);
}

test('the server’s JSON is an answer', async () => {
  expect(await ask(() => Response.json({ fine: true }))).toEqual({ answer: 'read' });
});

test('a captive portal’s page with status 200 is offline, never an answer', async () => {
  const page = () =>
    new Response('<html>Welcome</html>', { headers: { 'Content-Type': 'text/html' } });
  expect(await ask(page)).toEqual({ trouble: 'offline' });
  expect(await ask(() => new Response('{"fine":true}'))).toEqual({ trouble: 'offline' });
  expect(await ask(() => Response.json({ welcome: true }))).toEqual({ trouble: 'offline' });
});

test('no network, a body that breaks off, and an error that is not the server’s are offline', async () => {
  const broken = () =>
    new Response('{"fine":', { headers: { 'Content-Type': 'application/json' } });
  expect(await ask(broken)).toMatchObject({ trouble: 'offline' });
  expect(await ask(() => Promise.reject(new TypeError('network')))).toEqual({ trouble: 'offline' });
  for (const status of [401, 403, 404, 426, 502])
    expect(await ask(() => new Response('<html>', { status }))).toMatchObject({
      trouble: 'offline',
    });
});

test('each problem is one of the four words', async () => {
  const words = {
    400: 'refused',
    401: 'signed_out',
    403: 'refused',
    404: 'refused',
    409: 'refused',
  };
  const more = { 413: 'refused', 426: 'outdated', 429: 'offline', 500: 'offline', 503: 'offline' };
  for (const [status, trouble] of Object.entries({ ...words, ...more }))
    expect(await ask(() => problem(Number(status), 'x')), status).toMatchObject({ trouble });
});

test('what the few need stands beside the word: code, sentence, wait, wipe', async () => {
  expect(await ask(() => problem(403, 'device_revoked', { wipe: true }))).toMatchObject({
    trouble: 'refused',
    code: 'device_revoked',
    detail: 'Said of device_revoked.',
    wipe: true,
  });
  const busy = () => {
    const answer = problem(503, 'busy');
    answer.headers.set('Retry-After', '7');
    return answer;
  };
  expect(await ask(busy)).toMatchObject({ trouble: 'offline', wait: 7_000 });
});

test('a large body travels in gzip, a small one as it is', async () => {
  const sent: RequestInit[] = [];
  const client = new Client(async (_, init) => {
    sent.push(init!);
    return Response.json({ fine: true });
  });
  const large = { text: 'x'.repeat(5_000) };
  await client.call('/api/x', read, { body: large });
  await client.call('/api/x', read, { body: { text: 'x' } });
  expect(new Headers(sent[0]!.headers).get('Content-Encoding')).toBe('gzip');
  const packed = new Response(sent[0]!.body).body!;
  const plain = packed.pipeThrough(new DecompressionStream('gzip'));
  expect(await new Response(plain).json()).toEqual(large);
  expect(new Headers(sent[1]!.headers).get('Content-Encoding')).toBeNull();
  expect(sent[1]!.body).toBe('{"text":"x"}');
});

test('the device secret goes with the request, and no redirect is followed', async () => {
  let sent: RequestInit = {};
  const client = new Client(async (_, init) => {
    sent = init!;
    return Response.json({ fine: true });
  });
  await client.call('/api/x', read, { secret: 'hush', lang: 'es' });
  expect(new Headers(sent.headers).get('Doorstep-Device')).toBe('hush');
  expect(new Headers(sent.headers).get('Accept-Language')).toBe('es');
  expect(sent.redirect).toBe('error');
});

test('bytes must be of the media type that was asked for', async () => {
  const pdf = () => new Response('%PDF', { headers: { 'Content-Type': 'application/pdf' } });
  const bytes = (answer: () => Response) =>
    new Client(async () => answer()).bytes('/api/x', 'application/pdf');
  expect(await bytes(pdf)).toHaveProperty('answer');
  expect(await bytes(() => new Response('<html>'))).toEqual({ trouble: 'offline' });
  expect(await bytes(() => new Response(null, { status: 202 }))).toEqual({ answer: 'waiting' });
  expect(await bytes(() => problem(404, 'not_found'))).toMatchObject({ trouble: 'refused' });
});
