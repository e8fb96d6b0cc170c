/**
 * Passphrases, for phones whose passkeys give nothing to seal with: five words drawn at random, or words of the
 * member's own that are not soon guessed by somebody who has copied the phone's disk and tries without end.
 */
import { wordlist as english } from '@scure/bip39/wordlists/english.js';
import { wordlist as spanish } from '@scure/bip39/wordlists/spanish.js';
import { foldPassphrase } from '../store/keys';
import type { Lang, Weakness } from './types';

/** Left out: what somebody should not be asked to type each morning before they visit the sick. */
const UNFIT: Record<Lang, string> = {
  en:
    'abuse addict alcohol blood crime danger disease drastic enemy evil fat fatal ghost guilt gun hurt knife nasty ' +
    'pistol poverty prison sad sadness scare shoot sick suffer tragic ugly virus weapon wrong',
  es:
    'abuso amante ataque bobo bomba bruja burla burro cadáver calvo cáncer cárcel celda ceniza cerdo chivo ciego cojo ' +
    'crimen culpa delito desnudo diablo dolor droga enano enfermo feo fiera fobia fosa furia gordo grasa guerra ira ' +
    'juicio ladrón llanto llorar loco luto maldad malo matar miedo miseria morir mortal muerte mugre negro obeso odio ' +
    'orgía pánico pecado pecho pelea perder piojo pobre prisión puñal rabia rehén ruina sangre secta sexo sordo ' +
    'sufrir tonto tóxico trauma tumba tumor veneno vicio víctima',
};
const WORDS: Record<Lang, readonly string[]> = {
  en: fit(english, UNFIT.en),
  es: fit(spanish, UNFIT.es),
};
/** Five of some 2,000 words: 54 bits and more, each guess of which costs all rounds of PBKDF2. */
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

export function suggestPassphrase(lang: Lang): string {
  return Array.from({ length: DRAWN }, () => drawn(WORDS[lang])).join(' ');
}

/** One of the words, each as likely: what does not divide evenly among them is drawn again. */
function drawn(words: readonly string[]): string {
  const end = 0x1_0000 - (0x1_0000 % words.length);
  for (;;) {
    const [number = end] = crypto.getRandomValues(new Uint16Array(1));
    if (number < end) return words[number % words.length]!;
  }
}

function fit(words: readonly string[], unfit: string): string[] {
  const left = new Set(unfit.split(' '));
  return words.map((word) => word.normalize('NFC')).filter((word) => !left.has(word));
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
