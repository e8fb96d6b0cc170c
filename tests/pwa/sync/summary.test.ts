import { expect, test } from 'vitest';
import { Client } from '../../../pwa/src/sync/client';
import { fetchSummary } from '../../../pwa/src/sync/summary';
import { problem } from '../fake/server';

const asked = { visit: 'v', lang: 'es', audience: 'patient', secret: 's' };
const clock = { setTimeout: (act: () => void) => queueMicrotask(act) };
const pdf = () => new Response('%PDF-1.7', { headers: { 'Content-Type': 'application/pdf' } });

test('a PDF that the server is still making is asked for again', async () => {
  const answers = [new Response(null, { status: 202 }), new Response(null, { status: 202 }), pdf()];
  const paths: string[] = [];
  const client = new Client(async (path) => {
    paths.push(String(path));
    return answers.shift()!;
  });
  const result = await fetchSummary(client, clock, asked);
  expect('pdf' in result && (await result.pdf.text())).toBe('%PDF-1.7');
  expect(paths).toEqual(Array(3).fill('/api/visits/v/summary.pdf?lang=es&audience=patient'));
});

test('a server that never gets there is given up', async () => {
  let tries = 0;
  const client = new Client(async () => {
    tries += 1;
    return new Response(null, { status: 202 });
  });
  expect(await fetchSummary(client, clock, asked)).toEqual({ error: 'offline' });
  expect(tries).toBe(20);
});

test('a visit that there is no summary of is refused, a lost signal offline', async () => {
  const missing = new Client(async () => problem(404, 'not_found'));
  expect(await fetchSummary(missing, clock, asked)).toEqual({ error: 'refused' });
  const gone = new Client(async () => Promise.reject(new TypeError()));
  expect(await fetchSummary(gone, clock, asked)).toEqual({ error: 'offline' });
});
