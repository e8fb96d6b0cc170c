/**
 * Passphrases, for phones whose passkeys give nothing to seal with: five words drawn at random, or words of the
 * member's own that are not soon guessed by somebody who has copied the phone's disk and tries without end.
 */
import { wordlist as english } from '@scure/bip39/wordlists/english.js';
import { wordlist as spanish } from '@scure/bip39/wordlists/spanish.js';
import { foldPassphrase } from '../store/keys';
import type { Lang, Weakness } from './types';

const WORDS: Record<Lang, readonly string[]> = { en: english, es: spanish };
/** Five of 2,048 words: 55 bits, each guess of which costs all rounds of PBKDF2. */
const DRAWN = 5;

/** The least length of a secret that stands alone (NIST SP 800-63B-4, 3.1.1.2), in characters. */
export const SHORTEST_PASSPHRASE = 15;
/** What must be left once names, known words, rows of keys and repetitions are taken out. */
const LEAST_LEFT = 10;
const LEAST_WORDS = 4;

/** Parts of passphrases that everybody tries first, folded. */
const KNOWN = [
  ...['password', 'passphrase', 'contrasena', 'clave', 'secret', 'secreto', 'letmein', 'welcome'],
  ...['bienvenido', 'iloveyou', 'teamo', 'tequiero', 'doorstep', 'home care', 'homecare', 'nurse'],
  ...['enfermera', 'correct horse battery staple', 'football', 'futbol', 'monkey', 'dragon'],
  ...['sunshine', 'princess', 'princesa', 'superman', 'admin', 'login', 'qwerty', 'asdf', 'zxcv'],
];
const ROWS = ['abcdefghijklmnopqrstuvwxyz', '01234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm'];

/** Drawn without bias: 2,048 divides the range of the random numbers. */
export function suggestPassphrase(lang: Lang): string {
  const words = WORDS[lang];
  const drawn = crypto.getRandomValues(new Uint16Array(DRAWN));
  return Array.from(drawn, (number) => words[number % words.length]!.normalize('NFC')).join(' ');
}

/** Why it would be guessed, null where it is good. `names`: the member's own, the organisation's. */
export function weaknessOf(text: string, names: readonly string[] = []): Weakness | null {
  const folded = foldPassphrase(text);
  if (folded.length < SHORTEST_PASSPHRASE) return 'short';
  if (!/\p{L}/u.test(folded)) return 'digits';
  const words = [...new Set(folded.split(/[\s_.,;-]+/).filter(Boolean))];
  const isOfWords = /[\s_.,;-]/.test(folded);
  if (isOfWords && words.length < LEAST_WORDS) return 'common';
  const left = withoutRuns(withoutKnown(folded, names));
  const letters = left.replace(/[^\p{L}\p{N}]/gu, '');
  return letters.length < LEAST_LEFT || new Set(letters).size < 6 ? 'common' : null;
}

function withoutKnown(folded: string, names: readonly string[]): string {
  const parts = names.flatMap((name) => foldPassphrase(name).split(/[^\p{L}\p{N}]+/u));
  const known = [...KNOWN, ...parts.filter((part) => part.length > 2)];
  return known
    .sort((one, other) => other.length - one.length)
    .reduce((text, part) => text.replaceAll(part, ''), folded);
}

/** Without rows of keys, letters or digits, and with what is said again and again said once. */
function withoutRuns(text: string): string {
  const runs = ROWS.flatMap((row) => [row, [...row].reverse().join('')]).flatMap((row) =>
    Array.from({ length: row.length - 3 }, (_, start) => row.slice(start, start + 4)),
  );
  const cleared = runs.reduce((left, run) => left.replaceAll(run, ''), text);
  return cleared.replace(/\b(19|20)\d\d\b/g, '').replace(/(.{1,12}?)\1+/gu, '$1');
}
