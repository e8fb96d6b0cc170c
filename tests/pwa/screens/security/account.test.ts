import { expect, test } from 'vitest';
import { askAccount } from '../../../../pwa/src/screens/security/account';

const none = { passkeys: [], devices: [], activity: [] };
const security = {
  passkeys: async () => ({ answer: none.passkeys }),
  devices: async () => ({ answer: none.devices }),
  activity: async () => ({ answer: none.activity }),
};

test('the account is there once all of it is', async () => {
  expect(await askAccount(security)).toEqual({ answer: none });
});

test('what is missing is told by the word it came with', async () => {
  const lost = { ...security, devices: async () => ({ trouble: 'offline' as const }) };
  expect(await askAccount(lost)).toEqual({ trouble: 'offline' });
});
