import { afterEach, expect, test, vi } from 'vitest';
import {
  formatAgo,
  formatDate,
  formatDaysFrom,
  formatLanguage,
  formatList,
  formatNearDate,
  formatNumber,
  formatTime,
  formatZoned,
  setLanguage,
} from '../../../pwa/src/words';

afterEach(() => {
  setLanguage('en');
  vi.unstubAllGlobals();
});

test.each([
  [['en-US', 'en'], '12:30 p.m.', '1.5'],
  [['es', 'en-US@posix'], '12:30 p.m.', '1.5'],
  [['es-ES'], '12:30', '1,5'],
  [['es-419'], '12:30', '1,5'],
])('Spanish on a phone set to %o is written as in its country', (languages, time, number) => {
  vi.stubGlobal('navigator', { languages });
  setLanguage('es');
  expect(formatTime(Date.UTC(2026, 10, 21, 12, 30), 'UTC').replace(/\s/g, ' ')).toBe(time);
  expect(formatNumber(1.5)).toBe(number);
});

test('a date without a time belongs to no zone, and may be partial', () => {
  expect(formatDate('1948-03-02')).toBe('Mar 2, 1948');
  expect(formatDate('1948-03', 'long')).toBe('March 1948');
  expect(formatDate('1948')).toBe('1948');
  expect(formatDate('0050-01-01')).toContain('50');
});

test('what is no date is shown as it stands', () => {
  expect(formatDate('soon')).toBe('soon');
});

test('this year goes without saying', () => {
  expect(formatNearDate('2026-11-12', '2026-11-21')).toBe('Nov 12');
  expect(formatNearDate('2027-01-12', '2026-11-21')).toBe('Jan 12, 2027');
});

test('a near day is told by its distance, a far one by weeks, months, years', () => {
  expect(formatDaysFrom('2026-11-21', '2026-11-20')).toBe('yesterday');
  expect(formatDaysFrom('2026-11-21', '2026-11-24')).toBe('in 3 days');
  expect(formatDaysFrom('2026-11-21', '2026-10-24')).toBe('4 weeks ago');
  expect(formatDaysFrom('2026-11-21', '2026-05-21')).toBe('6 months ago');
  expect(formatDaysFrom('2026-11-21', '2022-11-21')).toBe('4 years ago');
  setLanguage('es');
  expect(formatDaysFrom('2026-11-21', '2026-11-20')).toBe('ayer');
});

test('how long ago counts in minutes, hours, days', () => {
  const now = Date.UTC(2026, 10, 21, 12);
  expect(formatAgo(now - 5 * 60_000, now)).toBe('5 minutes ago');
  expect(formatAgo(now - 3 * 3_600_000, now)).toBe('3 hours ago');
  expect(formatAgo(now - 49 * 3_600_000, now)).toBe('2 days ago');
});

test('an appointment’s wall time names its zone where this phone’s clock shows another', () => {
  const noon = { local: '2026-11-21T12:00', zone: 'Asia/Kathmandu' };
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  expect(formatZoned(noon)).toMatch(/12:00\sPM GMT\+5:45/);
  expect(formatZoned({ ...noon, zone: here })).toMatch(/12:00\sPM$/);
  expect(formatTime(Date.UTC(2026, 10, 21, 17), 'America/New_York')).toMatch(/12:00\sPM/);
});

test('languages and lists are named in the language of the screen', () => {
  setLanguage('es');
  expect(formatLanguage('zh')).toBe('Chino');
  expect(formatLanguage('not a tag')).toBe('not a tag');
  expect(formatList(['a', 'b', 'c'])).toBe('a, b y c');
});
