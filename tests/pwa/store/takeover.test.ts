import { openDB } from 'idb';
import { expect, test } from 'vitest';
import { openDatabase } from '../../../pwa/src/store/database';
import { entryPlace, sealEntry, type Entry } from '../../../pwa/src/store/journal';
import { unwrapKey } from '../../../pwa/src/store/keys';
import { ACCOUNT } from '../../../pwa/src/store/memory';
import { Seal } from '../../../pwa/src/store/seal';
import { Store } from '../../../pwa/src/store/store';
import { refuseWrites } from '../disk';
import { passkey } from '../keys';
import { record } from '../phone';

const account = { me: { member: 'm', name: 'Rosa' }, device: 'd', secret: 's' };
const change = { n: 1, at: 5, seen: 0, record: 'x', kind: 'goal', patient: 'p', set: { a: 1 } };
const entry: Entry = { device: 'd', n: 1, state: 'pending', patient: 'p', change, made: null };

/** A store as the version before made it, its key beside it. */
async function makeOld(member = 'm'): Promise<CryptoKey> {
  const db = await openDB(`doorstep-${member}`, 1, {
    upgrade(made) {
      for (const name of ['keys', 'sealed', 'plain']) made.createObjectStore(name);
      const journal = made.createObjectStore('journal', { keyPath: ['device', 'n'] });
      for (const name of ['state', 'patient', 'answered']) journal.createIndex(name, name);
    },
  });
  const aes = { name: 'AES-GCM', length: 256 };
  const key = await crypto.subtle.generateKey(aes, false, ['encrypt', 'decrypt']);
  const seal = new Seal();
  seal.unlock(key);
  await db.put('keys', key, 'store');
  await db.put('sealed', await seal.seal(ACCOUNT, account), ACCOUNT);
  const chart = [{ ...record('p', 'patient', 'p', { name: { family: 'Tan' } }), version: 1 }];
  await db.put('sealed', await seal.seal('chart/p', chart), 'chart/p');
  await db.put('sealed', new ArrayBuffer(30), 'chart/q');
  await db.put('journal', await sealEntry(seal, entry));
  await db.put('plain', { device: 'd', next: 2, sent: 0 }, 'numbering');
  await db.put('plain', 777, 'contact');
  db.close();
  return key;
}

test('a store of the version before is sealed anew: nothing is lost and the old key is gone', async () => {
  await makeOld();
  const store = (await Store.open('m', () => false))!;
  expect(await store.wraps()).toEqual([]);
  const old = (await store.openKey())!;
  const key = (await store.takeOver(old, await passkey(), 1_000))!;
  expect(await store.openKey()).toBeNull();
  await store.unlock(key);
  expect(store.memory.account).toEqual(account);
  expect(store.memory.entries).toEqual([entry]);
  expect(await store.show('chart/p')).toMatchObject([{ id: 'p' }, { id: 'x', unsent: ['*'] }]);
  const [wrap] = await store.wraps();
  expect(await unwrapKey('m', wrap!, await passkey())).not.toBeNull();
  const sealed = new Seal();
  sealed.unlock(old);
  const row = (await store.db.get('journal', ['d', 1]))!;
  await expect(sealed.unseal(entryPlace(row), row.sealed)).rejects.toThrow();
});

test('what was damaged before stays damaged, and is found out as such', async () => {
  await makeOld();
  const store = (await Store.open('m', () => false))!;
  await store.unlock((await store.takeOver((await store.openKey())!, await passkey(), 1_000))!);
  expect([...store.memory.damaged]).toEqual(['chart/q']);
});

test('cut short at any write, the old store is whole and can be taken over again', async () => {
  await makeOld();
  const store = (await Store.open('m', () => false))!;
  const old = (await store.openKey())!;
  for (let nth = 1; ; nth += 1) {
    const disk = refuseWrites(nth, new DOMException('Killed.', 'AbortError'));
    const taken = await store.takeOver(old, await passkey(), 1_000).catch(() => null);
    disk.end();
    if (taken) {
      expect(nth).toBeGreaterThan(6);
      break;
    }
    const seal = new Seal();
    seal.unlock((await store.openKey())!);
    const kept = (await store.db.get('sealed', ACCOUNT))!;
    expect(await seal.unseal(ACCOUNT, kept)).toEqual(account);
  }
});

test('the version before does not open what has been taken over', async () => {
  await makeOld();
  (await openDatabase('m')).close();
  await expect(openDB('doorstep-m', 1)).rejects.toThrow();
});

test('a store that another tab has taken over is not taken over again: its new key stays', async () => {
  await makeOld();
  const [store, tab] = [
    (await Store.open('m', () => false))!,
    (await Store.open('m', () => false))!,
  ];
  const old = (await tab.openKey())!;
  const key = (await store.takeOver(old, await passkey(), 1_000))!;
  expect(await tab.takeOver(old, await passkey('another'), 1_000)).toBeNull();
  await store.unlock(key);
  expect((await store.wraps()).map(({ id }) => id)).toEqual(['passkey']);
  expect(store.memory.entries).toEqual([entry]);
});
