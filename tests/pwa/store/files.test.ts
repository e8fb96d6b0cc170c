import { expect, test } from 'vitest';
import { getFile, putFile } from '../../../pwa/src/store/files';
import type { Me } from '../../../pwa/src/store/types';
import { makeStore } from '../keys';
import '../phone';

const account = { me: { member: 'm' } as Me, device: 'd', secret: 's' };

test('bytes are named by their SHA-256, sealed, and come back as they were', async () => {
  const store = await makeStore(account);
  const value = await putFile(store, 'p', new Blob(['abc'], { type: 'image/png' }), 'scan.png');
  expect(value).toEqual({
    sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    media_type: 'image/png',
    size: 3,
    name: 'scan.png',
  });
  const blob = await getFile(store, 'p', value);
  expect([blob?.type, await blob?.text()]).toEqual(['image/png', 'abc']);
  const sealed = await store.db.get('sealed', `file/p/${value.sha256}`);
  expect(new TextDecoder('latin1').decode(sealed)).not.toContain('abc');
});

test('the same bytes of two patients are two files, of one patient one', async () => {
  const store = await makeStore(account);
  const before = await store.db.count('sealed');
  for (const patient of ['p', 'p', 'q']) await putFile(store, patient, new Blob(['abc']));
  expect(await store.db.count('sealed')).toBe(before + 2);
});

test('a value whose bytes have not come is not here yet', async () => {
  const store = await makeStore(account);
  const value = { sha256: '0'.repeat(64), media_type: 'image/png', size: 3 };
  expect(await getFile(store, 'p', value)).toBeNull();
});
