/**
 * Wall times and instants. `zoned` is a wall time in an IANA zone ("ten o'clock in New York", whatever the clocks
 * do); `datetime` is RFC 3339 with an offset (an instant, as the author's clock showed it).
 */
export interface Zoned {
  local: string;
  zone: string;
}

const WALL = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/;
const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

export function isZoned(value: unknown): value is Zoned {
  const { local, zone } = (value ?? {}) as Partial<Zoned>;
  return typeof local === 'string' && WALL.test(local) && typeof zone === 'string' && isZone(zone);
}

export function isZone(zone: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }));
  } catch {
    return false;
  }
}

export function isDatetime(value: unknown): value is string {
  return typeof value === 'string' && RFC3339.test(value) && !Number.isNaN(Date.parse(value));
}

export function hereZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** The instant of `at` as RFC 3339 with the offset of `zone` at that moment. */
export function datetimeAt(at: number, zone = hereZone()): string {
  const minutes = offsetMinutes(at, zone);
  const wall = new Date(at + minutes * 60_000).toISOString().slice(0, 19);
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${wall}${minutes < 0 ? '-' : '+'}${two(hours)}:${two(rest)}`;
}

/** "2026-11-21T10:00" as a clock in `zone` shows the instant `at`. */
export function wallTimeAt(at: number, zone = hereZone()): string {
  return datetimeAt(at, zone).slice(0, 16);
}

/**
 * The instant of a wall time. A time that the clocks skip in spring is read with the offset before the jump; one
 * that they show twice in autumn is the first of the two.
 */
export function instantOf({ local, zone }: Zoned): number {
  const wall = Date.parse(`${local}:00Z`);
  const around = [wall - 86_400_000, wall + 86_400_000].map((at) => offsetMinutes(at, zone));
  const candidates = around.map((minutes) => wall - minutes * 60_000);
  const exact = candidates.filter((at) => wallTimeAt(at, zone) === local);
  return exact.length ? Math.min(...exact) : (candidates[0] as number);
}

/** The RFC 3339 instant of what a `datetime-local` input shows, read in `zone`. */
export function datetimeOfWall(local: string, zone = hereZone()): string {
  return datetimeAt(instantOf({ local: local.slice(0, 16), zone }), zone);
}

function offsetMinutes(at: number, zone: string): number {
  const format = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  const part = Object.fromEntries(
    format.formatToParts(at).map(({ type, value }) => [type, Number(value)]),
  );
  const wall = Date.UTC(
    part.year!,
    part.month! - 1,
    part.day!,
    part.hour!,
    part.minute!,
    part.second!,
  );
  return Math.round((wall - Math.floor(at / 1000) * 1000) / 60_000);
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
