/** Partial dates (2026, 2026-11, 2026-11-21) as their three parts, and whether they name a day that exists. */

export interface DateParts {
  year: string;
  month: string;
  day: string;
}

/** In which order a language writes the parts of a date: month first in the United States, day first elsewhere. */
export function orderOfParts(locale: string): (keyof DateParts)[] {
  return new Intl.DateTimeFormat(locale, { year: 'numeric', month: 'long', day: 'numeric' })
    .formatToParts(0)
    .map(({ type }) => type)
    .filter((type) => type === 'year' || type === 'month' || type === 'day');
}

const PARTIAL = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/;

export function partsOfDate(value: string | null): DateParts {
  const found = PARTIAL.exec(value ?? '');
  return { year: found?.[1] ?? '', month: found?.[2] ?? '', day: found?.[3] ?? '' };
}

/** The date that the parts make, null for none. A part without the one before it makes no date: undefined. */
export function dateOfParts({ year, month, day }: DateParts): string | null | undefined {
  if (!year && !month && !day) return null;
  if (!/^\d{4}$/.test(year) || (day && !month)) return undefined;
  const value = [year, month, day]
    .filter(Boolean)
    .map((part) => part.padStart(2, '0'))
    .join('-');
  return isDate(value) ? value : undefined;
}

export function isDate(value: unknown, partial = true): value is string {
  const found = typeof value === 'string' ? PARTIAL.exec(value) : null;
  if (!found || (!partial && !found[3])) return false;
  const [year, month, day] = [Number(found[1]), Number(found[2] ?? 1), Number(found[3] ?? 1)];
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  return day <= daysInMonth(year, month);
}

export function daysInMonth(year: number, month: number): number {
  const last = new Date(0);
  last.setUTCFullYear(year, month, 0); // setUTCFullYear takes years below 100 as they are; Date.UTC does not
  return last.getUTCDate();
}
