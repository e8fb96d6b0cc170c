import { expect, test } from 'vitest';
import { Client } from '../../../pwa/src/sync/client';
import { askMe, enrol, enrolAnew, takeUpAgain } from '../../../pwa/src/sync/enrol';
import { FakeServer } from '../fake/server';
import { openPhone } from '../phone';

test('who is signed in is asked of the server', async () => {
  const server = new FakeServer();
  const client = new Client(server.fetch);
  expect(await askMe(client)).toMatchObject({ trouble: 'signed_out' });
  server.signedIn = true;
  expect(await askMe(client)).toMatchObject({ answer: server.me });
});

test('an enrolment that gives no id and secret is none', async () => {
  const client = new Client(async () => Response.json({ device: 'd' }, { status: 201 }));
  expect(await enrol(client, 'Pixel 8')).toEqual({ trouble: 'offline' });
});

test('an id that has been taken meanwhile makes the phone enrol anew', async () => {
  const phone = await openPhone(new FakeServer());
  const store = phone.app.session.store!;
  const before = store.memory.account.device;
  expect(await takeUpAgain(store, new Client(phone.server.fetch), 'Pixel 8')).toBeNull();
  expect(store.memory.account.device).not.toBe(before);
  expect(store.memory.numbering).toEqual({
    device: store.memory.account.device,
    next: 1,
    sent: 0,
  });
});

test('what the server had answered leaves the outbox before the rest is renumbered', async () => {
  const phone = await openPhone(new FakeServer());
  phone.server.signedIn = false;
  const edit = { record: 'r', kind: 'goal', patient: null, seen: 0 };
  await phone.app.save(['a', 'b', 'c', 'd'].map((note) => ({ ...edit, set: { note } })));
  phone.server.signedIn = true;
  const outcomes = {
    accepted: [{ n: 1, seq: 5 }],
    refused: [{ n: 3, code: 'invalid', message: 'No.' }],
  };
  const store = phone.app.session.store!;
  await enrolAnew(store, new Client(phone.server.fetch), 'Pixel 8', outcomes, phone.now);
  const { device } = store.memory.account;
  const left = store.memory.entries.map((entry) => [
    entry.device === device,
    entry.n,
    entry.state,
    entry.change!.set!.note,
    entry.change!.n,
  ]);
  expect(left.sort()).toEqual(
    [
      [false, 1, 'laid', 'a', 1],
      [false, 3, 'refused', 'c', 3],
      [true, 1, 'pending', 'b', 1],
      [true, 2, 'pending', 'd', 2],
    ].sort(),
  );
  phone.reload();
  await phone.app.start();
  await phone.app.unlock();
  expect(phone.app.sync.unsent).toBe(2);
});

test('what was refused meanwhile is shown no more', async () => {
  const phone = await openPhone(new FakeServer());
  phone.server.signedIn = false;
  const task = { record: 't', kind: 'task', patient: 'p', seen: 0 };
  await phone.app.save([{ ...task, set: { description: 'Call', status: 'requested' } }]);
  expect(phone.app.index.tasks).toHaveLength(1);
  phone.server.signedIn = true;
  const refused = [{ n: 1, code: 'not_yours', message: 'No.' }];
  const store = phone.app.session.store!;
  const client = new Client(phone.server.fetch);
  await enrolAnew(store, client, 'Pixel 8', { accepted: [], refused }, phone.now);
  expect(phone.app.index.tasks).toEqual([]);
  expect(phone.app.refused).toHaveLength(1);
});
