import { expect, test } from 'vitest';
import { Locked } from '../../../pwa/src/store/seal';
import { Store } from '../../../pwa/src/store/store';
import type { Account } from '../../../pwa/src/store/memory';
import type { Step } from '../../../pwa/src/store/step';
import type { Me } from '../../../pwa/src/store/types';
import { refuseWrites } from '../disk';
import { keyOf, makeStore, unlock } from '../keys';
import { until } from '../phone';

const me = { member: 'm', name: 'Rosa', role: 'coordinator', organisation: 'o' } as Me;
const account: Account = { me, device: 'd', secret: 's' };
const isLog = () => false;

const put = (store: Store, place: string, value: unknown) =>
  store.write(async (step: Step, memory) => {
    await step.put(place, value);
    return { memory, shelves: [], result: undefined };
  });

test('a member without a store here has none', async () => {
  expect(await Store.open('m', isLog)).toBeNull();
});

test('a store is found locked after it was made, and opens with what was in it', async () => {
  (await makeStore(account)).close();
  const store = (await Store.open('m', isLog))!;
  expect(store.isOpen).toBe(false);
  expect(() => store.memory).toThrow(Locked);
  await unlock(store);
  expect(store.memory.account).toEqual(account);
  expect(store.memory.numbering).toEqual({ device: 'd', next: 1, sent: 0 });
});

test('a store whose making was cut short is none, and can be made again', async () => {
  for (const nth of [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
    const disk = refuseWrites(nth, new DOMException('Killed.', 'AbortError'));
    await makeStore(account).catch(() => {});
    disk.end();
    expect(await Store.open('m', isLog), `killed at write ${nth}`).toBeNull();
  }
  expect((await makeStore(account)).isOpen).toBe(true);
});

test('the secret and the name of the member are not to be found on the disk', async () => {
  const store = await makeStore({ ...account, secret: 'hush-hush' });
  const sealed = await store.db.getAll('sealed');
  const plain = JSON.stringify(await store.db.getAll('plain'));
  const all = sealed.map((blob) => new TextDecoder('latin1').decode(blob)).join() + plain;
  expect(all).not.toMatch(/hush-hush|Rosa/);
});

test('locking forgets all, in every tab', async () => {
  const store = await makeStore(account);
  const tab = (await Store.open('m', isLog))!;
  await unlock(tab);
  store.lock();
  expect(() => store.memory).toThrow(Locked);
  await until(() => !tab.isOpen);
  await expect(tab.show('chart/1')).rejects.toThrow(Locked);
});

test('what a tab writes another sees before it writes itself', async () => {
  const store = await makeStore(account);
  const tab = (await Store.open('m', isLog))!;
  await unlock(tab);
  await store.write(async (step, memory) => {
    const numbering = { ...memory.numbering, next: 9 };
    step.plain('numbering', numbering);
    return { memory: { ...memory, numbering }, shelves: [], result: undefined };
  });
  const next = await tab.write(async (_, memory) => ({
    memory,
    shelves: [],
    result: memory.numbering.next,
  }));
  expect(next).toBe(9);
});

test('every tab is told which shelves have changed', async () => {
  const store = await makeStore(account);
  const tab = (await Store.open('m', isLog))!;
  await unlock(tab);
  const told: string[][] = [];
  tab.on((event) => event.type === 'changed' && told.push(event.shelves));
  store.on((event) => event.type === 'changed' && told.push(event.shelves));
  await store.write(async (step, memory) => {
    await step.put('chart/1', []);
    return { memory, shelves: ['chart/1'], result: undefined };
  });
  await until(() => told.length === 2);
  expect(told).toEqual([['chart/1'], ['chart/1']]);
});

test('a step that fails leaves memory as it was', async () => {
  const store = await makeStore(account);
  const before = store.memory;
  const disk = refuseWrites(1, new DOMException('Killed.', 'AbortError'));
  await expect(put(store, 'chart/1', [])).rejects.toThrow();
  disk.end();
  expect(store.memory).toBe(before);
  expect(await store.show('chart/1')).toBeNull();
});

test('a store locked in the middle of a step does not open again by itself', async () => {
  const store = await makeStore(account);
  await store.write(async (step, memory) => {
    step.plain('contact', 1);
    store.lock();
    return { memory, shelves: [], result: undefined };
  });
  expect(store.isOpen).toBe(false);
});

test('a store locked while it is being opened stays locked', async () => {
  (await makeStore(account)).close();
  const store = (await Store.open('m', isLog))!;
  const opening = store.unlock(await keyOf(store));
  await until(() => !store.seal.isLocked);
  store.lock();
  await expect(opening).rejects.toThrow(Locked);
  expect(store.isOpen).toBe(false);
});

test('an erased store cannot be opened again', async () => {
  const store = await makeStore(account);
  await store.erase();
  expect(await Store.open('m', isLog)).toBeNull();
});

test('while it is locked, what is unsent can be counted', async () => {
  const store = await makeStore(account);
  store.lock();
  expect(await store.outside()).toEqual({ unsent: 0, device: 'd', contact: null, left: false });
});
