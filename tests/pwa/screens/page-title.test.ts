import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pageTitle } from '../../../pwa/src/screens/page-title';
import { routeOf } from '../../../pwa/src/state/router.svelte';
import { t } from '../../../pwa/src/words';

const SOURCE = join(import.meta.dirname, '../../../pwa/src');
const screens = readFileSync(join(SOURCE, 'screens/Screens.svelte'), 'utf8');
const names = [
  ...new Set([...screens.matchAll(/route\.name === '(\w+)'/g)].map(([, name]) => name)),
];

test('a title is a word of ours, whatever the address holds', () => {
  expect(names.length).toBeGreaterThan(8);
  for (const name of names)
    for (const rest of ['', '/Rosa', '/Rosa/Delgado', '/Rosa/summary']) {
      const key = pageTitle('open', routeOf(`#/${name}${rest}`));
      expect(key).not.toBe('shell.brand');
      expect(t(key)).not.toMatch(/Rosa|Delgado|\{/);
    }
});

test('a phone that is not open is called by what it is', () => {
  const route = routeOf('#/patients/Rosa');
  expect(pageTitle('locked', route)).toBe('signin.locked');
  expect(pageTitle('leased', route)).toBe('signin.locked');
  expect(pageTitle('signed_out', route)).toBe('signin.title');
});

test('no screen names its page itself', () => {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' });
  const naming = files.filter(
    (file) =>
      /\.(svelte|ts)$/.test(file) &&
      /document\.title|<title>/.test(readFileSync(join(SOURCE, file), 'utf8')),
  );
  expect(naming).toEqual(['App.svelte']);
});
