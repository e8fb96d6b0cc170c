import { beforeEach, expect, test } from 'vitest';
import { Watch } from '../../../pwa/src/state/watch';

const MINUTE = 60_000;
let now: number;
let timers: { act: () => void; at: number }[];
let locks: number;
let ticks: number;
let used: number;
let watch: Watch;

beforeEach(() => {
  [now, timers, locks, ticks, used] = [0, [], 0, 0, -Infinity];
  const clock = {
    now: () => now,
    setTimeout: (act: () => void, wait: number) => {
      const timer = { act, at: now + wait };
      timers.push(timer);
      return timer;
    },
    clearTimeout: (timer: never) => void (timers = timers.filter((one) => one !== timer)),
    random: () => 0,
  };
  watch = new Watch(clock, {
    lock: () => (locks += 1),
    tick: () => (ticks += 1),
    usedElsewhere: () => used,
  });
  watch.start();
});

function pass(milliseconds: number): void {
  now += milliseconds;
  const due = timers.filter(({ at }) => at <= now);
  timers = timers.filter((timer) => !due.includes(timer));
  for (const { act } of due) act();
}

test('a phone that nobody touches is locked, once', () => {
  pass(5 * MINUTE - 1);
  expect(locks).toBe(0);
  pass(1);
  expect(locks).toBe(1);
  pass(60 * MINUTE);
  expect(locks).toBe(1);
});

test('whoever touches it keeps it open', () => {
  for (let minute = 0; minute < 20; minute += 1) {
    pass(MINUTE);
    watch.touch();
  }
  expect(locks).toBe(0);
});

test('a phone that slept past its time is locked when it is looked at, touched or not', () => {
  now += 6 * MINUTE;
  expect(watch.check()).toBe(true);
  expect(locks).toBe(1);
  watch.start();
  now += 6 * MINUTE;
  watch.touch();
  expect(locks).toBe(2);
  expect(watch.check()).toBe(false);
});

test('a clock set back does not keep it open: the timer counts by itself', () => {
  const [timer] = timers;
  now -= 60 * MINUTE;
  timer!.act();
  expect(locks).toBe(1);
});

test('a tab that slept while another was in use locks neither, until nobody has used that for as long', () => {
  now += 10 * MINUTE;
  used = 9 * MINUTE;
  expect(watch.check()).toBe(false);
  pass(0);
  expect(locks).toBe(0);
  pass(4 * MINUTE - 1);
  expect(locks).toBe(0);
  pass(1);
  expect(locks).toBe(1);
});

test('what another tab says of a time to come keeps nothing open', () => {
  used = 60 * MINUTE;
  pass(5 * MINUTE);
  expect(locks).toBe(1);
});

test('the organisation says how long', () => {
  pass(MINUTE);
  watch.idle = 2 * MINUTE;
  pass(MINUTE);
  expect(locks).toBe(1);
});

test('it ticks while it watches, and not after', () => {
  for (let minute = 0; minute < 15; minute += 1) {
    watch.touch();
    pass(MINUTE);
  }
  expect(ticks).toBe(3);
  watch.stop();
  pass(60 * MINUTE);
  expect([ticks, locks, timers.length]).toEqual([3, 0, 0]);
});
