import { expect, test } from 'vitest';
import { byMonth, eventsOf } from '../../../../pwa/src/screens/chart/timeline';
import type { RecordShown } from '../../../../pwa/src/store/types';
import { dayOf, record } from '../rows';

const NOW = Date.parse('2026-11-21T12:00:00Z');

const chart = (records: RecordShown[]) => ({
  of: (kind: string) => records.filter((one) => one.kind === kind),
});
const visit = (id: string, day: string, appointment: string | null = null) =>
  record('visit', { actual_end: `${day}T10:00:00Z`, appointment }, { id });
const appointment = (id: string, local: string) =>
  record('appointment', { start: { local, zone: 'UTC' } }, { id });

test('what happened stands newest first; what is still to come does not', () => {
  const events = eventsOf(
    chart([
      visit('v1', '2026-10-02'),
      appointment('past', '2026-11-02T09:00'),
      appointment('ahead', '2026-12-02T09:00'),
      record('goal_progress', { effective: '2026-10-30T09:00:00Z' }, { id: 'g' }),
      record('visit', { status: 'planned' }, { id: 'never begun' }),
    ]),
    NOW,
  );
  expect(events.map(({ record: { id } }) => id)).toEqual(['past', 'g', 'v1']);
});

test('an appointment that became a visit is told by the visit alone', () => {
  const events = eventsOf(
    chart([appointment('a', '2026-11-02T09:00'), visit('v', '2026-11-02', 'a')]),
    NOW,
  );
  expect(events.map(({ record: { id } }) => id)).toEqual(['v']);
});

test('events stand by month', () => {
  const events = eventsOf(
    chart([visit('a', '2026-11-02'), visit('b', '2026-11-01'), visit('c', '2026-10-31')]),
    NOW,
  );
  expect(byMonth(events, dayOf).map(({ month, events }) => [month, events.length])).toEqual([
    ['2026-11', 2],
    ['2026-10', 1],
  ]);
});
