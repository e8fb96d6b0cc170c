import { expect, test } from 'vitest';
import { unlockTold } from '../../../../pwa/src/screens/entry/unlocking';

test('what did not open is named by what was tried', () => {
  expect(unlockTold('wrong', 'passphrase')).toBe('signin.unlock_wrong');
  expect(unlockTold('wrong', 'passkey')).toBe('signin.unlock_wrong_passkey');
});

test('an empty field and a change of mind are no wrong key', () => {
  expect(unlockTold('empty', 'passphrase')).toBe('signin.unlock_empty');
  expect(unlockTold('cancelled', 'passkey')).toBe('signin.unlock_cancelled');
});
