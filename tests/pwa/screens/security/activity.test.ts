import { afterEach, expect, test } from 'vitest';
import {
  activityDetail,
  activityText,
  isGrave,
  KNOWN,
  lastRelease,
} from '../../../../pwa/src/screens/security/activity';
import { setLanguage } from '../../../../pwa/src/words';
import type { Activity } from '../../../../pwa/src/state/types';

afterEach(() => setLanguage('en'));

const DAY = 86_400_000;

function entry(some: Partial<Activity>): Activity {
  return {
    at: 0,
    what: 'sign_in',
    by: 'me',
    by_name: 'Ana',
    device_name: null,
    detail: null,
    ...some,
  };
}

test.each(['en', 'es'])('all that the server tells has a sentence of its own, in %s', (lang) => {
  setLanguage(lang);
  const said = KNOWN.map((what) => activityText(what));
  expect(new Set(said).size).toBe(KNOWN.length);
  for (const text of said) expect(text).not.toContain('security.');
});

test('what a newer server tells is shown by its name, made readable', () => {
  expect(activityText('badge_printed')).toBe('Badge printed');
});

test('somebody else is named, oneself is not', () => {
  expect(activityDetail(entry({ what: 'invited', by: 'sue', by_name: 'Sue' }), 'me')).toBe(
    'by Sue',
  );
  expect(activityDetail(entry({ detail: 'Pixel 8' }), 'me')).toBe('Pixel 8');
  expect(activityDetail(entry({ by: null, by_name: null }), 'me')).toBe('');
});

test('a phone that gave its name to its passkey is named once', () => {
  expect(activityDetail(entry({ detail: 'Pixel 8', device_name: 'Pixel 8' }), 'me')).toBe(
    'Pixel 8',
  );
});

test('a release of sealed work is news for a month', () => {
  const activity = [entry({ at: 10 * DAY }), entry({ at: 5 * DAY, what: 'escrow_release' })];
  expect(lastRelease(activity, 12 * DAY)?.at).toBe(5 * DAY);
  expect(lastRelease(activity, 36 * DAY)).toBeNull();
  expect(lastRelease([entry({})], DAY)).toBeNull();
});

test('what somebody else could have done is marked', () => {
  expect(KNOWN.filter(isGrave)).toEqual(['recovered', 'passkey_cloned', 'escrow_release']);
});
