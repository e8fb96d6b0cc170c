/** What happened to a patient, newest first: visits, appointments that are over, looks at goals. */
import { instantOf, isZoned } from '../../fields/times';
import type { RecordShown } from '../../store/types';
import { time } from './plan';

export interface Event {
  record: RecordShown;
  at: number;
}

interface Shown {
  of: (kind: string) => RecordShown[];
}

export function eventsOf(chart: Shown, now: number): Event[] {
  const visits = chart.of('visit');
  const visited = new Set(visits.map(({ fields }) => fields.appointment));
  return [
    ...visits.map((record) => ({
      record,
      at: time(record.fields.actual_end ?? record.fields.actual_start),
    })),
    // An appointment that became a visit is told by the visit.
    ...chart
      .of('appointment')
      .filter(({ id }) => !visited.has(id))
      .map((record) => ({ record, at: startOf(record) })),
    ...chart.of('goal_progress').map((record) => ({ record, at: time(record.fields.effective) })),
  ]
    .filter(({ at }) => at > 0 && at <= now)
    .sort((a, b) => b.at - a.at || (a.record.id < b.record.id ? -1 : 1));
}

/** By month (YYYY-MM), newest first. */
export function byMonth(
  events: readonly Event[],
  dayOf: (at: number) => string,
): { month: string; events: Event[] }[] {
  const months = Map.groupBy(events, ({ at }) => dayOf(at).slice(0, 7));
  return [...months].map(([month, members]) => ({ month, events: members }));
}

function startOf({ fields }: RecordShown): number {
  return isZoned(fields.start) ? instantOf(fields.start) : 0;
}
