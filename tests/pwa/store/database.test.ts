import { openDB } from 'idb';
import { expect, test } from 'vitest';
import {
  eraseDatabase,
  openDatabase,
  putPlain,
  quiet,
  readPlain,
  StoreFull,
  StoreNewer,
  writeDurably,
} from '../../../pwa/src/store/database';
import { listWraps, makeKey, putWrap, wrapKey } from '../../../pwa/src/store/keys';
import { refuseWrites } from '../disk';
import { passkey } from '../keys';
import '../phone';

test('a transaction is written as a whole', async () => {
  const db = await openDatabase('m');
  await writeDurably(db, (writing) => {
    putPlain(writing, 'writes', 1);
    putPlain(writing, 'contact', 2);
  });
  expect([await readPlain(db, 'writes'), await readPlain(db, 'contact')]).toEqual([1, 2]);
});

test('writes ask for strict durability', async () => {
  const db = await openDatabase('m');
  let durability = '';
  await writeDurably(db, (writing) => {
    durability = writing.durability;
    putPlain(writing, 'writes', 1);
  });
  expect(durability).toBe('strict');
});

test('a full disk is told as such, and nothing of the transaction is kept', async () => {
  const db = await openDatabase('m');
  const full = refuseWrites(1, new DOMException('Full.', 'QuotaExceededError'));
  const writing = writeDurably(db, (writing) => {
    putPlain(writing, 'writes', 1);
    putPlain(writing, 'contact', 2);
  });
  await expect(writing).rejects.toThrow(StoreFull);
  full.end();
  expect(await readPlain(db, 'writes')).toBeUndefined();
});

test('what fails before it is asked for ends the transaction too', async () => {
  const db = await openDatabase('m');
  const writing = writeDurably(db, (writing) => {
    putPlain(writing, 'writes', 1);
    throw new Error('defect');
  });
  await expect(writing).rejects.toThrow('defect');
  expect(await readPlain(db, 'writes')).toBeUndefined();
});

test('a store that a newer app has written is left alone', async () => {
  (await openDB('doorstep-m', 99)).close();
  await expect(openDatabase('m')).rejects.toThrow(StoreNewer);
});

test('an erased store has no key and no content', async () => {
  const db = await openDatabase('m');
  const wrap = await wrapKey('m', await makeKey(), await passkey());
  await writeDurably(db, (writing) => {
    putWrap(writing, wrap);
    quiet(writing.objectStore('sealed').put(new ArrayBuffer(1), 'chart/1'));
  });
  await eraseDatabase(db, 'm');
  const again = await openDatabase('m');
  expect(await listWraps(again)).toEqual([]);
  expect(await again.count('sealed')).toBe(0);
});

test('a tab whose store another tab erases is told', async () => {
  const told = new Promise<void>((resolve) => void openDatabase('m', resolve));
  const db = await openDatabase('m');
  await eraseDatabase(db, 'm');
  await told;
});
