import { wordlist as english } from '@scure/bip39/wordlists/english.js';
import { wordlist as spanish } from '@scure/bip39/wordlists/spanish.js';
import { expect, test } from 'vitest';
import { suggestPassphrase, weaknessOf } from '../../../pwa/src/state/passphrase';

test('five words are suggested, in the language of the screen, and are good', () => {
  for (const [lang, words] of [
    ['en', english],
    ['es', spanish],
  ] as const) {
    const known = new Set(words.map((word) => word.normalize('NFC')));
    for (let times = 0; times < 200; times += 1) {
      const suggested = suggestPassphrase(lang);
      expect(suggested.split(' ')).toHaveLength(5);
      expect(suggested.split(' ').every((word) => known.has(word))).toBe(true);
      expect(weaknessOf(suggested, ['Rosa Delgado']), suggested).toBeNull();
    }
  }
});

test('nobody is given a word that they would not want to type', () => {
  const given = new Set(
    Array.from({ length: 4_000 }, () => suggestPassphrase('es').split(' ')).flat(),
  );
  // So many draws leave none of the other words out for long.
  expect(given.size).toBeGreaterThan(1_900);
  for (const word of ['orgía', 'pecado', 'cadáver', 'cáncer', 'prisión'])
    expect(given).not.toContain(word);
});

test('words are drawn evenly: every part of the list comes up', () => {
  const place = new Map(english.map((word, nth) => [word, Math.floor(nth / 256)]));
  const parts = new Array<number>(8).fill(0);
  for (let times = 0; times < 800; times += 1)
    for (const word of suggestPassphrase('en').split(' ')) parts[place.get(word)!]! += 1;
  for (const count of parts) expect(Math.abs(count - 500)).toBeLessThan(150);
});

test.each([
  ['', 'short'],
  ['1234', 'short'],
  ['correct horse', 'short'],
  ['31415926535897932384', 'digits'],
  ['2026-11-21 2026-11-21', 'digits'],
  ['password password password', 'common'],
  ['contraseña contraseña', 'common'],
  ['correct horse battery staple', 'common'],
  ['rosa delgado riverside home care', 'common'],
  ['aaaaaaaaaaaaaaaaaaaa', 'common'],
  ['abcabcabcabcabcabcabc', 'common'],
  ['qwertyuiopasdfghjkl', 'common'],
  ['abcdefghijklmnopqrst', 'common'],
  ['maria1985maria1985', 'common'],
  ['three short-words', 'common'],
])('%j would be guessed: %s', (text, weakness) => {
  expect(weaknessOf(text, ['Rosa Delgado', 'Riverside Home Care'])).toBe(weakness);
});

test.each([
  'the heron eats noodles on tuesdays',
  'mi abuela pinta cabras azules',
  'Tr0mbón-velero-mostaza-nube',
  'xkQ9vbn2LmPz7rTw',
])('%j is good', (text) => {
  expect(weaknessOf(text, ['Rosa Delgado'])).toBeNull();
});
