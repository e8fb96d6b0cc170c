import { expect, test } from 'vitest';
import { Later } from '../../../pwa/src/screens/later.svelte';

test('screens are asked for once, however often they are opened', async () => {
  let asked = 0;
  const later = new Later(async () => ++asked);
  expect(later.screens).toBeNull();
  await Promise.all([later.fetch(), later.fetch()]);
  await later.fetch();
  expect([asked, later.screens, later.missing]).toEqual([1, 1, false]);
});

test('screens that could not be fetched are said to be missing, and asked for again', async () => {
  const answers = [() => Promise.reject(new TypeError('offline')), () => Promise.resolve('here')];
  const later = new Later<string>(() => answers.shift()!());
  await later.fetch();
  expect([later.screens, later.missing]).toEqual([null, true]);
  await later.fetch();
  expect([later.screens, later.missing]).toEqual(['here', false]);
});
