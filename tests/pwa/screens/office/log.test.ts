import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import {
  filterOf,
  isFiltered,
  isReasoned,
  KNOWN,
  whatText,
} from '../../../../pwa/src/screens/office/log';
import { LANGUAGES, setLanguage } from '../../../../pwa/src/words';
import '../../../../pwa/src/words/office';

afterEach(() => setLanguage('en'));

const server = join(import.meta.dirname, '../../../../server');
const said = (lang: string): Record<string, string> =>
  JSON.parse(readFileSync(join(server, `words/${lang}.json`), 'utf8'));

test('everything that the server may note has words here, and nothing else has', () => {
  const source = readFileSync(join(server, 'access_log.py'), 'utf8');
  const listed = [...source.matchAll(/^ {4}"([a-z_]+)": "/gm)].map(([, name]) => name);
  expect(listed.length).toBeGreaterThan(20);
  expect([...KNOWN].sort()).toEqual(listed.sort());
});

test.each(LANGUAGES)('the screen and the table that is handed on say the same (%s)', (lang) => {
  setLanguage(lang);
  const words = said(lang);
  for (const what of KNOWN) expect([what, whatText(what)]).toEqual([what, words[`log.${what}`]]);
});

test('what a newer server notes is shown by its name', () => {
  expect(whatText('moon_phase')).toBe('Moon phase');
});

test('an address names whom, which chart and which days', () => {
  const filter = filterOf(new URLSearchParams('member=M&from=2026-05-01&to=soon'));
  expect(filter).toEqual({ member: 'M', patient: null, from: '2026-05-01', to: null });
  expect(isFiltered(filter)).toBe(true);
  expect(isFiltered(filterOf(new URLSearchParams()))).toBe(false);
});

test("only a person's own words stand apart; a phone's or a passkey's name belongs to what was done", () => {
  expect(KNOWN.filter(isReasoned)).toEqual(['opening', 'legal_hold', 'purged']);
});
