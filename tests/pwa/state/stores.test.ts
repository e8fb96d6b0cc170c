import { openDB } from 'idb';
import { expect, test, vi } from 'vitest';
import { Stores } from '../../../pwa/src/state/stores.svelte';
import type { Store } from '../../../pwa/src/store/store';
import type { Me } from '../../../pwa/src/store/types';
import { makeStore, passkey } from '../keys';
import '../phone';

const account = (member: string) => ({ me: { member } as Me, device: `of ${member}`, secret: 's' });

/** A phone on which these members have left a store each. */
async function phoneOf(...members: string[]): Promise<{ stores: Stores; found: string[] }> {
  for (const member of members) (await makeStore(account(member))).close();
  const found: string[] = [];
  const stores = new Stores(
    () => false,
    (store) => found.push(store.member),
  );
  return { stores, found };
}

const names = (stores: Store[]) => stores.map(({ member }) => member).sort();

test('every store on the phone is found, once', async () => {
  const { stores, found } = await phoneOf('imani', 'rosa');
  expect(names(await stores.all())).toEqual(['imani', 'rosa']);
  await stores.all();
  expect(found).toEqual(['imani', 'rosa']);
  expect(await stores.of('priya')).toBeNull();
});

test('one that another tab makes later is found too, and one whose connection ended is found anew', async () => {
  const { stores } = await phoneOf('rosa');
  const [rosa] = await stores.all();
  (await makeStore(account('imani'))).close();
  rosa!.close();
  const both = await stores.all();
  expect(names(both)).toEqual(['imani', 'rosa']);
  expect(both).not.toContain(rosa);
});

test('one that the browser does not open is said to be, hides no other, and is never swept', async () => {
  const { stores } = await phoneOf('imani', 'rosa');
  const said = vi.spyOn(console, 'error').mockImplementation(() => {});
  const open = indexedDB.open.bind(indexedDB);
  const shut = vi.spyOn(indexedDB, 'open').mockImplementation((name, version) => {
    if (name.endsWith('rosa')) throw new DOMException('Internal error.', 'UnknownError');
    return open(name, version);
  });
  await stores.sweep();
  expect(names(await stores.all())).toEqual(['imani']);
  expect(['rosa', 'imani', undefined].map((one) => stores.isUnopenable(one))).toEqual([
    true,
    false,
    true,
  ]);
  expect(said).toHaveBeenCalled();
  shut.mockRestore();
  expect(names(await stores.all())).toEqual(['imani', 'rosa']);
  expect(stores.isUnopenable()).toBe(false);
});

test('what opens those that wait is known, and who has signed out does not wait', async () => {
  const { stores } = await phoneOf('imani', 'rosa');
  await stores.waiting();
  expect(stores.ways).toEqual({ passkey: true, passphrase: false });
  expect(await stores.credentials()).toEqual(['passkey', 'passkey']);
  for (const store of await stores.all()) await store.setLeft(true);
  expect(await stores.waiting()).toEqual([]);
  expect(stores.ways).toEqual({ passkey: false, passphrase: false });
  expect(await stores.openedBy(await passkey())).toBeNull();
});

test('what is shown opens the store it was sealed for, and a damaged seal is told from a wrong one', async () => {
  const { stores } = await phoneOf('rosa');
  expect((await stores.openedBy(await passkey()))?.key).not.toBeNull();
  expect(await stores.openedBy(await passkey('another'))).toBeNull();
  const [rosa] = await stores.all();
  const [wrap] = await rosa!.wraps();
  await rosa!.db.put('keys', { ...wrap!, wrapped: new ArrayBuffer(60) }, wrap!.id);
  expect(await stores.openedBy(await passkey())).toEqual({ store: rosa, key: null });
});

test('a store of a newer version is left alone, and never swept', async () => {
  const { stores } = await phoneOf();
  (await openDB('doorstep-rosa', 99)).close();
  expect(await stores.all()).toEqual([]);
  expect(stores.outdated).toBe(true);
  await stores.sweep();
  expect(await indexedDB.databases()).toHaveLength(1);
});
