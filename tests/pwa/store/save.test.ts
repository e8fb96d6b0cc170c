import { expect, test } from 'vitest';
import { StoreFull } from '../../../pwa/src/store/database';
import type { Edit } from '../../../pwa/src/store/types';
import { refuseWrites } from '../disk';
import { FakeServer } from '../fake/server';
import { openPhone, record, type Phone } from '../phone';

const P = 'patient-1';
const FULL = new DOMException('Full.', 'QuotaExceededError');

function server(): FakeServer {
  return new FakeServer([
    { ...record(P, 'patient', P, { name: { family: 'Diallo' } }), version: 0 },
    { ...record('med', 'medication', P, { name: 'Lisinopril', dose: '5 mg' }), version: 0 },
  ]);
}

function edit(dose: string, seen = 2): Edit {
  return { record: 'med', kind: 'medication', patient: P, seen, set: { dose } };
}

const entries = (phone: Phone) => phone.app.session.store!.memory.entries;
const pending = (phone: Phone) => entries(phone).filter(({ state }) => state === 'pending');

test('a saved edit is there after the page was killed and loaded anew, under the same number', async () => {
  const phone = await openPhone(server());
  phone.server.faults.push('lost_request');
  await phone.app.save([edit('10 mg')]);
  const [before] = pending(phone);
  phone.reload();
  await phone.app.start();
  expect(phone.app.phase).toBe('locked');
  expect(await phone.app.unlock()).toBe('open');
  expect(pending(phone)).toEqual([before]);
});

test('several edits are kept as one step, numbered in their order', async () => {
  const phone = await openPhone(server());
  phone.server.signedIn = false;
  await phone.app.save([edit('10 mg'), edit('15 mg')]);
  expect(pending(phone).map(({ n, change }) => [n, change!.set])).toEqual([
    [1, { dose: '10 mg' }],
    [2, { dose: '15 mg' }],
  ]);
});

test('an edit that says nothing takes no number', async () => {
  const phone = await openPhone(server());
  phone.server.signedIn = false;
  await phone.app.save([{ ...edit('x'), set: {} }, edit('10 mg')]);
  expect(pending(phone).map(({ n }) => n)).toEqual([1]);
});

test('where there is no room, nothing of the step is kept, it is told, and no number is spent twice', async () => {
  const phone = await openPhone(server());
  phone.server.signedIn = false;
  for (const nth of [1, 2, 3, 4]) {
    const disk = refuseWrites(nth, FULL);
    await expect(phone.app.save([edit('10 mg'), edit('15 mg')])).rejects.toThrow(StoreFull);
    disk.end();
    expect(phone.app.sync.full).toBe(true);
    expect(pending(phone)).toEqual([]);
  }
  await phone.app.save([edit('20 mg')]);
  expect(phone.app.sync.full).toBe(false);
  expect(pending(phone).map(({ n }) => n)).toEqual([1]);
});

test('a number is never given again, even when all that had it is gone', async () => {
  const phone = await openPhone(server());
  await phone.app.save([edit('10 mg')]);
  await phone.app.syncNow();
  expect(pending(phone)).toEqual([]);
  phone.reload();
  await phone.app.start();
  phone.server.signedIn = false;
  await phone.app.unlock();
  await phone.app.save([edit('15 mg')]);
  expect(pending(phone).map(({ n }) => n)).toEqual([2]);
});

test('two tabs that save at once take different numbers', async () => {
  const phone = await openPhone(server());
  phone.server.signedIn = false;
  const first = phone.app;
  const second = await phone.openTab();
  await Promise.all([
    first.save([edit('10 mg')]),
    second.save([edit('15 mg')]),
    first.save([edit('20 mg')]),
  ]);
  await second.save([edit('25 mg')]);
  const numbers = second.session.store!.memory.entries.map(({ n }) => n);
  expect(numbers).toEqual([1, 2, 3, 4]);
});

test('seen is what stood on the screen, and no more than that of a change still unanswered', async () => {
  const phone = await openPhone(server());
  phone.server.signedIn = false;
  await phone.app.save([edit('10 mg', 1)]);
  await phone.app.save([edit('15 mg', 2)]);
  expect(pending(phone).map(({ change }) => change!.seen)).toEqual([1, 1]);
});

test('made is the cursor that had been applied when the change was made', async () => {
  const phone = await openPhone(server());
  phone.server.signedIn = false;
  await phone.app.save([edit('10 mg')]);
  expect(pending(phone)[0]!.made).toBe('2');
});

test('a locked app keeps nothing', async () => {
  const phone = await openPhone(server());
  await phone.app.lock();
  await expect(phone.app.save([edit('10 mg')])).rejects.toThrow();
  expect(await phone.app.unlock()).toBe('open');
  expect(pending(phone)).toEqual([]);
});
