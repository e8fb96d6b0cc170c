import { afterEach, expect, test } from 'vitest';
import { ADD_TOLD, REMOVE_TOLD, RENAME_TOLD } from '../../../../pwa/src/screens/security/passkeys';
import { setLanguage, t } from '../../../../pwa/src/words';

afterEach(() => setLanguage('en'));

test.each(['en', 'es'])('each way in which it fails is told with what to do, in %s', (lang) => {
  setLanguage(lang);
  for (const { title, body } of Object.values({ ...ADD_TOLD, ...REMOVE_TOLD, ...RENAME_TOLD })) {
    expect(t(title)).toMatch(/^\p{Lu}.*[^.]$/u);
    expect(t(body)).toMatch(/^\p{Lu}.*\.$/u);
  }
});

test('the last passkey, and the last that opens this phone, are two reasons', () => {
  expect(REMOVE_TOLD.last_passkey.title).not.toBe(REMOVE_TOLD.last_way.title);
});
