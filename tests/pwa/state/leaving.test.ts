import { expect, test } from 'vitest';
import { Leaving } from '../../../pwa/src/state/leaving';

test('all are called and waited for, whichever of them fails', async () => {
  const leaving = new Leaving();
  const saved: string[] = [];
  leaving.add(() => {
    throw new Error('A form with a fault.');
  });
  leaving.add(() => Promise.reject(new Error('A full disk.')));
  leaving.add(async () => {
    await Promise.resolve();
    saved.push('note');
  });
  await leaving.all();
  expect(saved).toEqual(['note']);
});

test('one that has gone is called no more', async () => {
  const leaving = new Leaving();
  let calls = 0;
  const end = leaving.add(() => void (calls += 1));
  await leaving.all();
  end();
  await leaving.all();
  expect(calls).toBe(1);
});
