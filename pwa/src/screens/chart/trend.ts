/** Measurements over time, and the line that draws them. */
import type { RecordShown } from '../../store/types';
import { time } from './plan';

export interface Series {
  /** What is measured: its code, and the record that names it best. */
  code: string;
  latest: RecordShown;
  /** Oldest first. Blood pressure counts by its upper value. */
  points: { at: number; value: number }[];
  /** All of them, newest first, those without a number too. */
  records: RecordShown[];
}

/** Observations of one code each, the most recently measured first; those found to be wrong are left out. */
export function seriesOf(observations: readonly RecordShown[]): Series[] {
  const standing = observations.filter(({ fields }) => fields.status !== 'entered-in-error');
  const byCode = Map.groupBy(standing, ({ fields }) => String(fields.code));
  return [...byCode]
    .map(([code, members]) => {
      const records = [...members].sort(
        (a, b) => time(b.fields.effective) - time(a.fields.effective) || (a.id < b.id ? -1 : 1),
      );
      const points = records.flatMap((record) => {
        const value = numberOf(record);
        return value === null ? [] : [{ at: time(record.fields.effective), value }];
      });
      return { code, latest: records[0]!, points: points.reverse(), records };
    })
    .sort((a, b) => time(b.latest.fields.effective) - time(a.latest.fields.effective));
}

/** A measurement with its corrections applied; the first reading stays in the record. */
export function asCorrected(record: RecordShown): RecordShown {
  const { corrections } = record.fields;
  if (!Array.isArray(corrections)) return record;
  const fields = { ...record.fields };
  for (const one of corrections) {
    if (one === null || typeof one !== 'object' || Array.isArray(one)) continue;
    for (const name of ['value', 'systolic', 'diastolic', 'value_text'] as const) {
      const corrected = one[name] ?? null;
      if (corrected !== null) fields[name] = corrected;
    }
  }
  return { ...record, fields };
}

function numberOf(record: RecordShown): number | null {
  const { value, systolic } = asCorrected(record).fields;
  return [value, systolic].find((one) => typeof one === 'number') ?? null;
}

/** A line through the points in a box of the given size, as an SVG path; empty for fewer than two. */
export function pathOf(
  points: readonly { at: number; value: number }[],
  width: number,
  height: number,
): string {
  if (points.length < 2) return '';
  const [first, last] = [points[0]!, points.at(-1)!];
  const values = points.map(({ value }) => value);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const along = last.at - first.at || 1;
  const up = most - least || 1;
  return points
    .map(({ at, value }, nth) => {
      const x =
        last.at === first.at
          ? (nth / (points.length - 1)) * width
          : ((at - first.at) / along) * width;
      const y = most === least ? height / 2 : height - ((value - least) / up) * height;
      return `${nth === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`;
    })
    .join('');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
