import { afterEach, expect, test } from 'vitest';
import {
  BIND_TOLD,
  JOIN_TOLD,
  SIGN_IN_TOLD,
  type Told,
} from '../../../../pwa/src/screens/entry/outcomes';
import { setLanguage, t } from '../../../../pwa/src/words';

afterEach(() => setLanguage('en'));

const all: [string, Told][] = Object.entries({ ...JOIN_TOLD, ...SIGN_IN_TOLD, ...BIND_TOLD });

test.each(['en', 'es'])('each outcome has a title and a sentence of what to do, in %s', (lang) => {
  setLanguage(lang);
  for (const [, { title, body }] of all) {
    expect(t(title)).not.toBe(title);
    expect(t(body)).not.toBe(body);
    expect(t(title)).toMatch(/[^.!]$/);
    expect(t(body)).toMatch(/[.!]$/);
  }
});

test('to change one’s mind is no fault, and a used link is nobody’s', () => {
  expect(JOIN_TOLD.cancelled.tone).toBe('neutral');
  expect(SIGN_IN_TOLD.cancelled.tone).toBe('neutral');
  expect(JOIN_TOLD.used.tone).toBe('neutral');
});

test('a passkey that was turned down says nothing of whose it is', () => {
  expect(t(SIGN_IN_TOLD.failed.body)).not.toContain('{');
});
