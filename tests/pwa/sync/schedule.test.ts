import { expect, test } from 'vitest';
import { Schedule, type Ended } from '../../../pwa/src/sync/schedule';
import { until } from '../phone';

class Rounds {
  now = 0;
  ran = 0;
  ends: Ended[] = [];
  timer: { act: () => void; at: number } | null = null;
  release: (() => void) | null = null;
  held = false;
  readonly schedule = new Schedule(async () => {
    this.ran += 1;
    if (this.held) await new Promise<void>((resolve) => (this.release = resolve));
    return this.ends.shift() ?? { ok: true };
  }, this.#clock());

  #clock() {
    return {
      now: () => this.now,
      setTimeout: (act: () => void, wait: number) => (this.timer = { act, at: this.now + wait }),
      clearTimeout: () => void (this.timer = null),
      random: () => 1,
    };
  }

  get wait(): number | null {
    return this.timer && this.timer.at - this.now;
  }

  async pass(milliseconds: number): Promise<void> {
    this.now += milliseconds;
    const due = this.timer && this.timer.at <= this.now ? this.timer : null;
    due?.act();
    await this.settled();
  }

  settled(): Promise<void> {
    return until(() => this.timer !== null);
  }
}

test('it syncs on open and every minute after', async () => {
  const rounds = new Rounds();
  rounds.schedule.start();
  await rounds.settled();
  expect([rounds.ran, rounds.wait]).toEqual([1, 60_000]);
  await rounds.pass(60_000);
  expect([rounds.ran, rounds.wait]).toEqual([2, 60_000]);
});

test('a save with a signal syncs at once', async () => {
  const rounds = new Rounds();
  rounds.schedule.start();
  await rounds.settled();
  rounds.schedule.hint();
  await rounds.settled();
  expect(rounds.ran).toBe(2);
});

test('after failures it waits longer and longer, at most five minutes, and a save does not hasten it', async () => {
  const rounds = new Rounds();
  rounds.ends = Array.from({ length: 10 }, () => ({ ok: false }));
  rounds.schedule.start();
  await rounds.settled();
  const waits: number[] = [];
  for (let nth = 0; nth < 9; nth += 1) {
    waits.push(rounds.wait!);
    rounds.schedule.hint();
    expect(rounds.ran).toBe(nth + 1);
    await rounds.pass(rounds.wait!);
  }
  expect(waits).toEqual([4, 8, 16, 32, 64, 128, 256, 300, 300].map((seconds) => seconds * 1_000));
});

test('half of a wait is left to chance', async () => {
  const rounds = new Rounds();
  rounds.ends = [{ ok: false }];
  const schedule = new Schedule(async () => rounds.ends.shift() ?? { ok: true }, {
    now: () => 0,
    setTimeout: (act, wait) => (rounds.timer = { act, at: wait }),
    clearTimeout: () => {},
    random: () => 0,
  });
  schedule.start();
  await rounds.settled();
  expect(rounds.wait).toBe(2_000);
});

test('the server’s own wait is kept to', async () => {
  const rounds = new Rounds();
  rounds.ends = [{ ok: false, wait: 90_000 }];
  rounds.schedule.start();
  await rounds.settled();
  expect(rounds.wait).toBe(90_000);
});

test('a signal that came back, or a page looked at again, is tried at once', async () => {
  const rounds = new Rounds();
  rounds.ends = [{ ok: false }, { ok: false }];
  rounds.schedule.start();
  await rounds.settled();
  rounds.schedule.retry();
  await rounds.settled();
  expect([rounds.ran, rounds.wait]).toEqual([2, 4_000]);
});

test('a pause that the server asked for is kept, whatever the signal does', async () => {
  const rounds = new Rounds();
  rounds.ends = [{ ok: false, wait: 600_000 }, { ok: true }];
  rounds.schedule.start();
  await rounds.settled();
  rounds.schedule.retry();
  await rounds.settled();
  expect([rounds.ran, rounds.wait]).toEqual([1, 600_000]);
  rounds.now += 600_000;
  rounds.schedule.retry();
  await rounds.settled();
  expect(rounds.ran).toBe(2);
});

test('a clock that was set back by a year makes no pause a year long', async () => {
  const rounds = new Rounds();
  rounds.ends = [{ ok: false, wait: 600_000 }, { ok: true }];
  rounds.schedule.start();
  await rounds.settled();
  rounds.now -= 365 * 86_400_000;
  rounds.schedule.hint();
  await rounds.settled();
  expect(rounds.ran).toBe(2);
});

test('one round at a time: what is asked for meanwhile is one more after it', async () => {
  const rounds = new Rounds();
  rounds.held = true;
  rounds.schedule.start();
  const asked = [rounds.schedule.ask(), rounds.schedule.ask(), rounds.schedule.ask()];
  expect(rounds.ran).toBe(1);
  rounds.held = false;
  rounds.release!();
  await Promise.all(asked);
  expect(rounds.ran).toBe(2);
});

test('stopped, it asks nothing', async () => {
  const rounds = new Rounds();
  rounds.schedule.start();
  await rounds.settled();
  rounds.schedule.stop();
  expect(rounds.timer).toBeNull();
  rounds.schedule.hint();
  rounds.schedule.retry();
  expect(rounds.ran).toBe(1);
});
