import { expect, test } from 'vitest';
import { noteRead, untoldReads } from '../../../pwa/src/store/reads';
import type { Me } from '../../../pwa/src/store/types';
import { makeStore, reopen } from '../keys';
import '../phone';

test('reads are kept sealed, oldest first, across a reload', async () => {
  const account = { me: { member: 'm' } as Me, device: 'd', secret: 's' };
  const store = await makeStore(account);
  const reads = [1, 2].map((at) => ({
    id: `id-${at}`,
    patient: 'secret-p',
    at,
    what: 'chart' as const,
  }));
  for (const read of reads.toReversed()) await noteRead(store, read);
  store.close();
  const again = await reopen('m');
  expect(await untoldReads(again)).toEqual(reads);
  const sealed = await again.db.get('sealed', 'read/id-1');
  expect(new TextDecoder('latin1').decode(sealed)).not.toContain('secret-p');
});
