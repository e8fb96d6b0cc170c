import { expect, test } from 'vitest';
import {
  datetimeAt,
  datetimeOfWall,
  instantOf,
  isDatetime,
  isZoned,
  wallTimeAt,
} from '../../../pwa/src/fields/times';

const NEW_YORK = 'America/New_York';

test('a wall time is an instant by the clock of its zone', () => {
  const winter = instantOf({ local: '2026-11-21T10:00', zone: NEW_YORK });
  expect(new Date(winter).toISOString()).toBe('2026-11-21T15:00:00.000Z');
  const summer = instantOf({ local: '2026-07-21T10:00', zone: NEW_YORK });
  expect(new Date(summer).toISOString()).toBe('2026-07-21T14:00:00.000Z');
});

test('a time that the clocks skip is read with the offset before the jump', () => {
  const skipped = instantOf({ local: '2026-03-08T02:30', zone: NEW_YORK });
  expect(wallTimeAt(skipped, NEW_YORK)).toBe('2026-03-08T03:30');
});

test('a time that the clocks show twice is the first of the two', () => {
  const twice = instantOf({ local: '2026-11-01T01:30', zone: NEW_YORK });
  expect(new Date(twice).toISOString()).toBe('2026-11-01T05:30:00.000Z');
});

test('every other wall time comes back as it was', () => {
  for (const zone of [NEW_YORK, 'Asia/Kolkata', 'Pacific/Apia', 'Australia/Lord_Howe', 'UTC'])
    for (const local of ['2026-01-01T00:00', '2026-04-05T12:15', '2026-10-31T23:59'])
      expect(wallTimeAt(instantOf({ local, zone }), zone)).toBe(local);
});

test('a datetime carries the offset of its zone at that moment', () => {
  expect(datetimeAt(Date.UTC(2026, 10, 21, 15), NEW_YORK)).toBe('2026-11-21T10:00:00-05:00');
  expect(datetimeAt(Date.UTC(2026, 10, 21, 15), 'Asia/Kolkata')).toBe('2026-11-21T20:30:00+05:30');
  expect(datetimeOfWall('2026-07-21T10:00', NEW_YORK)).toBe('2026-07-21T10:00:00-04:00');
});

test('what is no wall time and no instant is told from one', () => {
  expect(isZoned({ local: '2026-11-21T10:00', zone: NEW_YORK })).toBe(true);
  for (const value of [
    null,
    {},
    { local: '2026-11-21', zone: NEW_YORK },
    { local: '2026-11-21T10:00', zone: 'Mars/Base' },
  ])
    expect(isZoned(value)).toBe(false);
  expect(isDatetime('2026-11-21T10:00:00-05:00')).toBe(true);
  expect(isDatetime('2026-11-21T10:00:00')).toBe(false);
});
