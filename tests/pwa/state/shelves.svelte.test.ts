import { flushSync } from 'svelte';
import { beforeEach, expect, test } from 'vitest';
import { FakeServer } from '../fake/server';
import { openPhone, record, until, type Phone } from '../phone';

const P = 'patient-1';
let phone: Phone;

beforeEach(async () => {
  phone = await openPhone(
    new FakeServer([{ ...record(P, 'patient', P, { name: { family: 'Diallo' } }), version: 0 }]),
  );
});

test('the same patient gives the same chart, loading first and then open', async () => {
  const chart = phone.app.chart(P);
  expect([chart.state, chart.patient]).toEqual(['loading', null]);
  expect(phone.app.chart(P)).toBe(chart);
  await until(() => chart.state === 'open');
  expect(chart.patient?.fields.name).toEqual({ family: 'Diallo' });
});

test('a chart that this phone does not hold is absent', async () => {
  const chart = phone.app.chart('stranger');
  await until(() => chart.state === 'absent');
  expect(chart.all()).toEqual([]);
});

test('a chart that leaves while somebody looks at it empties and is absent', async () => {
  const chart = phone.app.chart(P);
  await until(() => chart.state === 'open');
  phone.server.takeAway(P);
  await phone.app.syncNow();
  await until(() => chart.state === 'absent');
  expect(chart.patient).toBeNull();
});

test('locking empties every chart that was open', async () => {
  const chart = phone.app.chart(P);
  await until(() => chart.state === 'open');
  await phone.app.lock();
  expect([chart.state, chart.patient]).toEqual(['loading', null]);
  await phone.app.unlock();
  const again = phone.app.chart(P);
  await until(() => again.state === 'open');
});

test('a record made deleted is found by its id and left out of lists', async () => {
  phone.server.put({ ...record('goal', 'goal', P, { x: 1 }), deleted: true });
  await phone.app.syncNow();
  const chart = phone.app.chart(P);
  await until(() => chart.state === 'open');
  expect(chart.of('goal')).toEqual([]);
  expect(chart.get('goal')?.deleted).toBe(true);
});

test('records stand in the order in which they were made', async () => {
  for (const id of ['c', 'a', 'b']) phone.server.put(record(id, 'goal', P, {}));
  await phone.app.syncNow();
  const chart = phone.app.chart(P);
  await until(() => chart.state === 'open');
  expect(chart.of('goal').map(({ id }) => id)).toEqual(['a', 'b', 'c']);
});

test('a derivation that is the first to ask for a chart follows it as it opens', async () => {
  const { app } = phone;
  phone.server.put(record('goal', 'goal', P, {}));
  await app.syncNow();
  const seen: unknown[] = [];
  const end = $effect.root(() => {
    const patient = $derived(app.chart(P).patient?.id);
    const goal = $derived(app.chart(P).of('goal')[0]?.id);
    const state = $derived(app.chart(P).state);
    $effect(() => void seen.push([state, patient, goal]));
  });
  flushSync();
  expect(seen).toEqual([['loading', undefined, undefined]]);
  await until(() => app.chart(P).state === 'open');
  flushSync();
  expect(seen.at(-1)).toEqual(['open', P, 'goal']);
  end();
});
