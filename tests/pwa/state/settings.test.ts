import { expect, test } from 'vitest';
import { Settings } from '../../../pwa/src/state/settings.svelte';

function storage(kept: Record<string, string> = {}) {
  return {
    kept,
    getItem: (key: string) => kept[key] ?? null,
    setItem: (key: string, value: string) => void (kept[key] = value),
  };
}

test('the language is the first of the browser’s that the app speaks', () => {
  expect(new Settings(storage(), ['fr-FR', 'es-MX', 'en']).lang).toBe('es');
  expect(new Settings(storage(), ['fr']).lang).toBe('en');
});

test('what a member chose is kept', () => {
  const disk = storage();
  new Settings(disk, ['en']).change({ lang: 'es', theme: 'dark', textSize: 1.3 });
  const again = new Settings(disk, ['en']);
  expect([again.lang, again.theme, again.textSize]).toEqual(['es', 'dark', 1.3]);
});

test('settings that make no sense leave the defaults', () => {
  for (const broken of ['{', '{"lang":"xx","theme":7,"textSize":99}', 'null']) {
    const settings = new Settings(storage({ 'doorstep.settings': broken }), ['en']);
    expect([settings.lang, settings.theme, settings.textSize]).toEqual(['en', 'system', 1]);
  }
});
