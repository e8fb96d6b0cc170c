import { beforeEach, expect, test } from 'vitest';
import type { Edit, Refusal } from '../../../pwa/src/store/types';
import { FakeServer } from '../fake/server';
import { openPhone, until, type Phone } from '../phone';

const invalid: Refusal = { code: 'invalid', field: 'description', message: 'Too long.' };
const unknown: Refusal = { code: 'unknown_record', message: 'Its record was not accepted.' };
const goal: Edit = { record: 'goal', kind: 'goal', patient: 'p', seen: 0 };

let server: FakeServer;
let phone: Phone;

/** A goal that was refused, a change to it refused for want of it, and an unrelated refusal. */
beforeEach(async () => {
  server = new FakeServer();
  phone = await openPhone(server);
  server.refuse = ({ n }) => (n === 2 ? unknown : invalid);
  server.faults.push('lost_request');
  await phone.app.save([
    { ...goal, set: { description: 'Walk '.repeat(9) } },
    { ...goal, set: { priority: 'high' } },
    { ...goal, record: 'other', set: { description: 'x' } },
  ]);
  await until(() => phone.app.sync.phase === 'waiting');
  await phone.app.syncNow();
  server.refuse = () => null;
});

const sent = () => server.log.map(({ n, set }) => [n, set]);

test('a mended change is sent under a new number, and after it what was refused for want of it', async () => {
  const [first] = phone.app.refused;
  await phone.app.sendAgain(first!.id, { ...goal, set: { description: 'Walk' } });
  expect(phone.app.refused.map(({ n }) => n)).toEqual([3]);
  await phone.app.syncNow();
  expect(sent()).toEqual([
    [4, { description: 'Walk' }],
    [5, { priority: 'high' }],
  ]);
});

test('sent again as it was, it keeps its content and its time', async () => {
  const made = phone.app.refused[2]!.change!;
  phone.now += 60_000;
  await phone.app.sendAgain(phone.app.refused[2]!.id);
  await phone.app.syncNow();
  expect(server.log[0]).toMatchObject({ n: 4, at: made.at, set: { description: 'x' } });
});

test('sent again, it dates back nothing that was made since', async () => {
  phone.now += 60_000;
  server.faults.push('lost_request');
  await phone.app.save([{ ...goal, record: 'third', set: { description: 'y' } }]);
  await until(() => phone.app.sync.phase === 'waiting');
  await phone.app.sendAgain(phone.app.refused[2]!.id);
  await phone.app.syncNow();
  expect(server.log.map(({ n, at }) => [n, at])).toEqual([
    [4, phone.now],
    [5, phone.now],
  ]);
});

test('one that was let go of is gone, also after a reload', async () => {
  await phone.app.dismiss(phone.app.refused[0]!);
  expect(phone.app.refused.map(({ n }) => n)).toEqual([2, 3]);
  phone.reload();
  await phone.app.start();
  await phone.app.unlock();
  expect(phone.app.refused.map(({ n }) => n)).toEqual([2, 3]);
});

test('sending again what is gone does nothing', async () => {
  const [first] = phone.app.refused;
  await phone.app.dismiss(first!);
  await phone.app.sendAgain(first!.id);
  await phone.app.syncNow();
  expect(sent()).toEqual([]);
});
