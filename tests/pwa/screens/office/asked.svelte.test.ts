import { expect, test } from 'vitest';
import { Asked, failedOf, pages, type Page } from '../../../../pwa/src/screens/office/asked.svelte';
import type { Reply } from '../../../../pwa/src/sync/client';

/** An office that answers when it is told to. */
function slowly<T>() {
  const waiting: ((reply: Reply<T>) => void)[] = [];
  return {
    ask: () => new Promise<Reply<T>>((resolve) => waiting.push(resolve)),
    answer: (nth: number, reply: Reply<T>) => waiting[nth]!(reply),
  };
}

test('of two askings the later one counts, whichever answer comes first', async () => {
  const { ask, answer } = slowly<string>();
  const asked = new Asked(ask);
  const first = asked.ask();
  const second = asked.turn();
  answer(1, { answer: 'what was asked last' });
  await second;
  expect(asked.busy).toBe(false);
  answer(0, { answer: 'late' });
  await first;
  expect(asked.value).toBe('what was asked last');
});

test('what stood stays while it is asked for again, and when that fails', async () => {
  let reply: Reply<string> = { answer: 'here' };
  const asked = new Asked(async () => reply);
  await asked.ask();
  reply = { trouble: 'offline' };
  const again = asked.ask();
  expect(asked.value).toBe('here');
  await again;
  expect(asked.value).toBe('here');
  expect(asked.failed?.why).toBe('offline');
  reply = { answer: 'again' };
  await asked.ask();
  expect(asked.failed).toBeNull();
});

test('another question takes away the answer to the last', async () => {
  const { ask, answer } = slowly<string>();
  const asked = new Asked(ask);
  const first = asked.ask();
  answer(0, { answer: 'all' });
  await first;
  void asked.turn();
  expect(asked.value).toBeNull();
});

test('a list grows page by page, each asked for with what the last one ended on', async () => {
  const book: Record<string, Page<number>> = {
    start: { items: [1, 2], next: 'b' },
    b: { items: [3], next: null },
  };
  const asked = pages<number>(async (after) => ({ answer: book[after ?? 'start']! }));
  await asked.ask();
  await asked.more();
  expect(asked.value).toEqual({ items: [1, 2, 3], next: null });
  await asked.ask();
  expect(asked.value?.items).toEqual([1, 2]);
});

test('more is asked for once, however often the button is pressed', async () => {
  const { ask, answer } = slowly<Page<number>>();
  const asked = pages<number>(ask);
  const first = asked.ask();
  answer(0, { answer: { items: [1], next: 'b' } });
  await first;
  const more = asked.more();
  await asked.more();
  answer(1, { answer: { items: [2], next: null } });
  await more;
  expect(asked.value?.items).toEqual([1, 2]);
});

test.each([
  [{ trouble: 'offline' }, 'offline'],
  // A captive portal answers too, but it is no office.
  [{ trouble: 'offline', status: 200 }, 'offline'],
  [{ trouble: 'offline', status: 503, code: 'busy', detail: 'Busy.' }, 'unable'],
  [{ trouble: 'signed_out', status: 401 }, 'signed_out'],
  [{ trouble: 'outdated', status: 426 }, 'outdated'],
  [{ trouble: 'refused', status: 403, code: 'forbidden' }, 'forbidden'],
  [{ trouble: 'refused', status: 404, code: 'not_found' }, 'gone'],
  [{ trouble: 'refused', status: 409, code: 'member_exists' }, 'refused'],
] as const)('%o is told as %s', (reply, why) => {
  expect(failedOf(reply).why).toBe(why);
});
