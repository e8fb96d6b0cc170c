import { expect, test } from 'vitest';
import { tokenOf } from '../../../../pwa/src/screens/entry/link';

const TOKEN = 'JHz06yo6bPzNepcgqZ7SG_VweSEljoL71YoCJQCoM-o';

test('the token is found in the whole link, in a link with words around it, and alone', () => {
  expect(tokenOf(`https://care.example/#/join/${TOKEN}`)).toBe(TOKEN);
  expect(tokenOf(`  Sign in: http://localhost:8000/#/join/${TOKEN} \n`)).toBe(TOKEN);
  expect(tokenOf(TOKEN)).toBe(TOKEN);
});

test.each([
  '',
  'https://care.example/',
  'https://care.example/#/join/',
  'hello there',
  '#/join/short',
])('“%s” holds none', (text) => expect(tokenOf(text)).toBeNull());
