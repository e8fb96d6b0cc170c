import { expect, test } from 'vitest';
import { toBase64url } from '../../../pwa/src/store/base64url';
import { sealForEscrow } from '../../../pwa/src/store/escrow';
import { makeKey } from '../../../pwa/src/store/keys';
import { FakeEscrow } from '../fake/escrow';

test('the server opens what a phone sealed for it, and for that device alone', async () => {
  const escrow = new FakeEscrow();
  const key = await makeKey();
  const sealed = await sealForEscrow(key, await escrow.publicKey(), 'device-1');
  escrow.copies.set('device-1', sealed);
  escrow.copies.set('device-2', sealed);
  expect(await escrow.open('device-1')).toBe(
    toBase64url(await crypto.subtle.exportKey('raw', key)),
  );
  await expect(escrow.open('device-2')).rejects.toThrow();
});

test('another server’s key opens nothing', async () => {
  const [ours, theirs] = [new FakeEscrow(), new FakeEscrow()];
  const sealed = await sealForEscrow(await makeKey(), await ours.publicKey(), 'd');
  theirs.copies.set('d', sealed);
  await expect(theirs.open('d')).rejects.toThrow();
});

test('each copy has a key and a nonce of its own', async () => {
  const escrow = new FakeEscrow();
  const key = await makeKey();
  const server = await escrow.publicKey();
  const [one, other] = [
    await sealForEscrow(key, server, 'd'),
    await sealForEscrow(key, server, 'd'),
  ];
  expect(one.slice(0, 86)).not.toBe(other.slice(0, 86));
  expect(one).toMatch(/^[\w-]+$/);
});
