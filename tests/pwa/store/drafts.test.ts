import { expect, test } from 'vitest';
import { clearDraft, getDraft, putDraft } from '../../../pwa/src/store/drafts';
import type { Me } from '../../../pwa/src/store/types';
import { makeStore, reopen } from '../keys';
import '../phone';

const account = { me: { member: 'm' } as Me, device: 'd', secret: 's' };

test('a draft is overwritten in its one place, survives a reload, and goes when it is cleared', async () => {
  const store = await makeStore(account);
  await putDraft(store, 'p/visit/note', { text: 'She sle' });
  await putDraft(store, 'p/visit/note', { text: 'She sleeps well.' });
  store.close();
  const again = await reopen('m');
  expect(await getDraft(again, 'p/visit/note')).toEqual({ text: 'She sleeps well.' });
  expect(await again.db.count('sealed')).toBe(3);
  await clearDraft(again, 'p/visit/note');
  expect(await getDraft(again, 'p/visit/note')).toBeNull();
});

test('a draft takes no number and waits for no other step', async () => {
  const store = await makeStore(account);
  await store.write(async (step, memory) => {
    await putDraft(store, 'p/visit/note', 'x');
    step.plain('contact', 1);
    return { memory, shelves: [], result: undefined };
  });
  expect(store.memory.numbering.next).toBe(1);
});
