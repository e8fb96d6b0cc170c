import { expect, test } from 'vitest';
import { makeKey } from '../../../pwa/src/store/keys';
import { Locked, MOST_SEALS, Seal, Unreadable, WornOut } from '../../../pwa/src/store/seal';

async function opened(): Promise<Seal> {
  const seal = new Seal();
  seal.unlock(await makeKey());
  return seal;
}

test('what is sealed comes back, and nothing of it can be read without the key', async () => {
  const seal = await opened();
  const sealed = await seal.seal('chart/1', { note: 'Penicillin — ñ 👍' });
  expect(new TextDecoder('latin1').decode(sealed)).not.toContain('Penicillin');
  expect(await seal.unseal('chart/1', sealed)).toEqual({ note: 'Penicillin — ñ 👍' });
});

test('the same value never gives the same bytes twice', async () => {
  const seal = await opened();
  const [one, other] = await Promise.all([seal.seal('a', 1), seal.seal('a', 1)]);
  expect(new Uint8Array(one)).not.toEqual(new Uint8Array(other));
});

test('a blob put in another’s place, damaged, cut short or of another key cannot be read', async () => {
  const seal = await opened();
  const sealed = await seal.seal('chart/1', 'secret');
  const damaged = sealed.slice(0);
  new Uint8Array(damaged)[20]! ^= 1;
  await expect(seal.unseal('chart/2', sealed)).rejects.toThrow(Unreadable);
  await expect(seal.unseal('chart/1', damaged)).rejects.toThrow(Unreadable);
  await expect(seal.unseal('chart/1', sealed.slice(0, 5))).rejects.toThrow(Unreadable);
  await expect((await opened()).unseal('chart/1', sealed)).rejects.toThrow(Unreadable);
});

test('locked, it neither seals nor unseals', async () => {
  const seal = await opened();
  const sealed = await seal.seal('a', 1);
  seal.lock();
  expect(seal.isLocked).toBe(true);
  await expect(seal.seal('a', 1)).rejects.toThrow(Locked);
  await expect(seal.unseal('a', sealed)).rejects.toThrow(Locked);
});

test('a key that has made as many seals as it may seals nothing more, and still reads', async () => {
  const seal = new Seal();
  const key = await makeKey();
  seal.unlock(key, MOST_SEALS - 1);
  const last = await seal.seal('chart/1', 'x');
  await expect(seal.seal('chart/1', 'y')).rejects.toThrow(WornOut);
  expect(await seal.unseal('chart/1', last)).toBe('x');
});

test('what is sealed and is no JSON is unreadable, not a defect', async () => {
  const seal = new Seal();
  seal.unlock(await makeKey());
  const half = await seal.sealBytes('chart/1', new TextEncoder().encode('[{"id": "1"'));
  await expect(seal.unseal('chart/1', half)).rejects.toThrow(Unreadable);
});
