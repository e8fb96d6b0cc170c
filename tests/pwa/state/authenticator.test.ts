import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BrowserAuthenticator } from '../../../pwa/src/state/authenticator';
import { makeKey, unwrapKey, wrapKey } from '../../../pwa/src/store/keys';

const bytes = (length: number, fill = 1) => new Uint8Array(length).fill(fill).buffer;
const options = {
  challenge: 'AAAA',
  rp: { id: 'localhost', name: 'Doorstep' },
  user: { id: 'AAAA', name: 'rosa', displayName: 'Rosa' },
  pubKeyCredParams: [],
};

type Asked = { publicKey: Record<string, unknown> & { challenge: ArrayBuffer } };
let asked: Asked[];
let extensions: object;
let fails: Error | null;
const authenticator = new BrowserAuthenticator();

/** As a browser's navigator.credentials answers. */
function credential() {
  return {
    id: 'credential-1',
    rawId: bytes(3),
    type: 'public-key',
    authenticatorAttachment: 'platform',
    getClientExtensionResults: () => extensions,
    response: {
      ...{ attestationObject: bytes(2), authenticatorData: bytes(2), clientDataJSON: bytes(2) },
      ...{ signature: bytes(2), userHandle: bytes(2) },
      getTransports: () => ['internal'],
      getPublicKeyAlgorithm: () => -7,
      getPublicKey: () => bytes(2),
      getAuthenticatorData: () => bytes(2),
    },
  };
}

const answer = async (request: Asked) => {
  asked.push(request);
  if (fails) throw fails;
  return credential();
};

beforeEach(() => {
  asked = [];
  extensions = {};
  fails = null;
  vi.spyOn(console, 'error').mockImplementation(() => {});
  vi.stubGlobal('PublicKeyCredential', class {});
  vi.stubGlobal('location', { hostname: 'localhost' });
  vi.stubGlobal('window', { location: { hostname: 'localhost' } });
  vi.stubGlobal('navigator', { ...navigator, credentials: { create: answer, get: answer } });
});

afterEach(() => vi.unstubAllGlobals());

const input = () =>
  (asked.at(-1)!.publicKey.extensions as { prf: { eval: { first: Uint8Array } } }).prf.eval.first;

test('every passkey is asked for the same, and what it gives never goes along to the server', async () => {
  extensions = {
    prf: { enabled: true, results: { first: bytes(32, 5) } },
    credProps: { rk: true },
  };
  const made = await authenticator.make(options);
  if (typeof made === 'string') throw new Error(made);
  expect(new TextDecoder().decode(input())).toBe('doorstep store v1');
  expect(made).toMatchObject({ id: 'credential-1', never: false });
  expect(JSON.stringify(made.credential)).not.toContain('prf');
  expect(made.credential).toMatchObject({ clientExtensionResults: { credProps: { rk: true } } });
  extensions = { prf: { results: { first: bytes(32, 5) } } };
  const given = await authenticator.give(options);
  if (typeof given === 'string') throw new Error(given);
  expect(new TextDecoder().decode(input())).toBe('doorstep store v1');
  expect(JSON.stringify(given.credential)).not.toContain('prf');
  const wrap = await wrapKey('m', await makeKey(), made.shown!);
  expect(await unwrapKey('m', wrap, given.shown!)).not.toBeNull();
});

test('made, most say only that they will give something; some that they never will', async () => {
  extensions = { prf: { enabled: true } };
  expect(await authenticator.make(options)).toMatchObject({ shown: null, never: false });
  extensions = {};
  expect(await authenticator.make(options)).toMatchObject({ shown: null, never: false });
  extensions = { prf: { enabled: false } };
  expect(await authenticator.make(options)).toMatchObject({ shown: null, never: true });
});

test('a phone unlocks with a challenge of its own, for the credentials that are here', async () => {
  await authenticator.show(['AQID', 'BAUG']);
  await authenticator.show(['AQID']);
  const [one, other] = asked.map(({ publicKey }) => publicKey);
  expect(one).toMatchObject({ userVerification: 'required' });
  const ids = (one!.allowCredentials as { id: ArrayBuffer }[]).map(({ id }) => [
    ...new Uint8Array(id),
  ]);
  expect(ids).toEqual([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  expect(new Uint8Array(one!.challenge)).toHaveLength(32);
  expect(Buffer.from(one!.challenge)).not.toEqual(Buffer.from(other!.challenge));
});

test('a person who says no, an authenticator that has one, and a browser without are told apart', async () => {
  fails = new DOMException('No.', 'NotAllowedError');
  expect(await authenticator.make(options)).toBe('cancelled');
  expect(await authenticator.give(options)).toBe('cancelled');
  fails = new DOMException('There is one.', 'InvalidStateError');
  expect(await authenticator.make(options)).toBe('passkey_exists');
  fails = new DOMException('Not here.', 'NotSupportedError');
  expect(await authenticator.give(options)).toBe('unsupported');
  vi.stubGlobal('PublicKeyCredential', undefined);
  expect(await authenticator.make(options)).toBe('unsupported');
  expect(await authenticator.show(['AQID'])).toBe('unsupported');
});
