/** Dates, times, numbers and lists as people of the screen's language write them. Nothing here reads the clock. */
import { instantOf, hereZone, type Zoned } from '../fields/times';
import { language, locale } from './language.svelte';

const DAY = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const id = locale() + JSON.stringify(options);
  const format = formats.get(id) ?? new Intl.DateTimeFormat(locale(), options);
  formats.set(id, format);
  return format;
}

/** A date without a time, which belongs to no zone: "2026-11-21", "2026-11" or "2026". */
export function formatDate(date: string, style: 'short' | 'long' = 'short'): string {
  const [year, month, day] = date.slice(0, 10).split('-').map(Number);
  if (!year) return date;
  const at = new Date(0);
  at.setUTCFullYear(year, (month ?? 1) - 1, day ?? 1);
  const month_ = style === 'long' ? 'long' : 'short';
  return dateFormat({
    timeZone: 'UTC',
    year: 'numeric',
    ...(month && { month: month_ }),
    ...(day && { day: 'numeric' }),
  }).format(at);
}

/** A day without its year where that is this year: "Nov 21". Both are dates without a time. */
export function formatNearDate(date: string, today: string): string {
  if (date.slice(0, 4) !== today.slice(0, 4)) return formatDate(date);
  const format = dateFormat({ timeZone: 'UTC', month: 'short', day: 'numeric' });
  return format.format(Date.parse(date.slice(0, 10)));
}

/** "Saturday, November 21": for a screen that is about one day. */
export function formatDay(at: number): string {
  return dateFormat({ weekday: 'long', month: 'long', day: 'numeric' }).format(at);
}

export function formatTime(at: number, zone = hereZone()): string {
  return dateFormat({ hour: 'numeric', minute: '2-digit', timeZone: zone }).format(at);
}

/** An instant, or an RFC 3339 `datetime`, by the clock of this phone. */
export function formatDateTime(at: number | string): string {
  return dateFormat({
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
  }).format(typeof at === 'string' ? Date.parse(at) : at);
}

/** A wall time in its own zone, which is named where this phone's clock shows another. */
export function formatZoned(value: Zoned): string {
  const at = instantOf(value);
  const options = { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' } as const;
  const here = dateFormat({ ...options, year: 'numeric', timeZone: hereZone() }).format(at);
  const there = dateFormat({ ...options, year: 'numeric', timeZone: value.zone }).format(at);
  if (here === there) return there;
  return dateFormat({
    ...options,
    year: 'numeric',
    timeZone: value.zone,
    timeZoneName: 'short',
  }).format(at);
}

/** How far a day lies from today, in words: "yesterday", "in 3 days". Both are dates without a time. */
export function formatDaysFrom(today: string, date: string): string {
  const days = Math.round((Date.parse(date.slice(0, 10)) - Date.parse(today)) / DAY);
  const format = new Intl.RelativeTimeFormat(language(), { numeric: 'auto' });
  if (Math.abs(days) < 14) return format.format(days, 'day');
  if (Math.abs(days) < 60) return format.format(Math.round(days / 7), 'week');
  if (Math.abs(days) < 730) return format.format(Math.round(days / 30.44), 'month');
  return format.format(Math.round(days / 365.25), 'year');
}

/** How long ago an instant was: "5 minutes ago", "2 hours ago", "3 days ago". */
export function formatAgo(at: number, now: number): string {
  const format = new Intl.RelativeTimeFormat(language(), { numeric: 'auto' });
  const minutes = Math.round((at - now) / 60_000);
  if (Math.abs(minutes) < 60) return format.format(minutes, 'minute');
  if (Math.abs(minutes) < 60 * 24) return format.format(Math.round(minutes / 60), 'hour');
  return format.format(Math.round(minutes / (60 * 24)), 'day');
}

export function formatNumber(value: number, options?: Intl.NumberFormatOptions): string {
  return new Intl.NumberFormat(locale(), options).format(value);
}

/** "rice, beans and bread". */
export function formatList(
  items: readonly string[],
  type: 'conjunction' | 'disjunction' = 'conjunction',
): string {
  return new Intl.ListFormat(language(), { type, style: 'long' }).format(items);
}

/** The name of a BCP 47 language, as a title: "Spanish", "Español". */
export function formatLanguage(tag: string): string {
  let name: string | undefined;
  try {
    name = new Intl.DisplayNames(language(), { type: 'language' }).of(tag);
  } catch {
    return tag;
  }
  const text = name ?? tag;
  return text.charAt(0).toLocaleUpperCase(language()) + text.slice(1);
}
