/** A member's day: their visits in order, what else happens to their patients, and what is still open from before. */
import { instantOf } from '../../fields/times';
import type { AppointmentRow, PatientRow, VisitRow } from '../../store/types';

export type Stage = 'planned' | 'under-way' | 'done' | 'off';

export interface Stop {
  /** The appointment's id, else the visit's. */
  id: string;
  patient: PatientRow;
  appointment: AppointmentRow | null;
  visit: VisitRow | null;
  /** When it begins; every time that is claimed while that is contested. */
  at: number | null;
  times: number[];
  stage: Stage;
}

interface Rows {
  appointments: readonly AppointmentRow[];
  visits: readonly VisitRow[];
  patient: (id: string) => PatientRow | null;
}

export interface Day {
  /** Appointments of this member today, and visits of theirs that were never finished. */
  own: Stop[];
  /** Appointments of their patients today with somebody else. */
  others: Stop[];
}

const OFF = ['cancelled', 'noshow'];
const OVER = ['fulfilled', ...OFF];

/** Not yet kept, cancelled or missed. */
export function isOn({ status }: AppointmentRow): boolean {
  return !OVER.includes(status ?? '');
}

export function dayOfMember(
  rows: Rows,
  member: string,
  today: string,
  dayOf: (at: number) => string,
): Day {
  const visitById = new Map(rows.visits.map((visit) => [visit.id, visit]));
  const stops = rows.appointments.flatMap((appointment): Stop[] => {
    const patient = rows.patient(appointment.patient);
    const times = timesOf(appointment);
    if (!patient || !times.some((at) => dayOf(at) === today)) return [];
    const visit = appointment.visit ? (visitById.get(appointment.visit) ?? null) : null;
    return [stop(patient, appointment, visit, times)];
  });
  const shown = new Set(stops.map(({ visit }) => visit?.id));
  const unplanned = rows.visits.flatMap((visit): Stop[] => {
    const patient = rows.patient(visit.patient);
    const began = visit.actual_start ? Date.parse(visit.actual_start) : null;
    const isToday = began !== null && dayOf(began) === today;
    if (!patient || shown.has(visit.id) || visit.member !== member) return [];
    if (!isUnderWay(visit) && !isToday) return [];
    return [stop(patient, null, visit, began === null ? [] : [began])];
  });
  const isOwn = ({ appointment, visit }: Stop) =>
    appointment?.member === member || visit?.member === member;
  const inOrder = [...stops, ...unplanned].sort(byTime);
  return {
    own: inOrder.filter((one) => isOwn(one)),
    others: inOrder.filter((one) => !isOwn(one) && one.stage !== 'off'),
  };
}

/** The visit to go to: the one under way, else the first that is still to come, even if its hour has passed. */
export function nextStop(stops: readonly Stop[]): Stop | null {
  return (
    stops.find(({ stage }) => stage === 'under-way') ??
    stops.find(({ stage, patient }) => stage === 'planned' && !patient.deceased) ??
    null
  );
}

function stop(
  patient: PatientRow,
  appointment: AppointmentRow | null,
  visit: VisitRow | null,
  times: number[],
): Stop {
  const id = (appointment ?? visit)!.id;
  const at = times.length ? Math.min(...times) : null;
  return { id, patient, appointment, visit, at, times, stage: stageOf(appointment, visit) };
}

function stageOf(appointment: AppointmentRow | null, visit: VisitRow | null): Stage {
  if (visit?.status === 'finished') return 'done';
  if (visit && isUnderWay(visit)) return 'under-way';
  if (visit?.status === 'cancelled') return 'off';
  if (appointment && OFF.includes(appointment.status ?? '')) return 'off';
  return appointment?.status === 'fulfilled' ? 'done' : 'planned';
}

function isUnderWay({ status }: VisitRow): boolean {
  return status === 'arrived' || status === 'in-progress';
}

/** One time, or all that are claimed; without repetition, earliest first. */
export function timesOf({ start, starts }: AppointmentRow): number[] {
  const all = starts.length ? starts : start ? [start] : [];
  return [...new Set(all.map(instantOf))].sort((a, b) => a - b);
}

function byTime(a: Stop, b: Stop): number {
  return (a.at ?? 0) - (b.at ?? 0) || (a.id < b.id ? -1 : 1);
}
