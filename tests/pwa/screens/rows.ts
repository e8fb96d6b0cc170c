/** Rows of the index for tests of what screens make of them: a plain case, and what a test changes of it. */
import type {
  AppointmentRow,
  PatientRow,
  RecordShown,
  TaskRow,
  VisitRow,
} from '../../../pwa/src/store/types';

export const ME = 'me';

export function patientRow(id: string, some: Partial<PatientRow> = {}): PatientRow {
  return {
    id,
    patient: id,
    unsent: false,
    contested: [],
    name: { given: 'Ana', family: id },
    preferred_name: null,
    birth_date: null,
    gender: null,
    language: 'en',
    interpreter_required: false,
    deceased: false,
    telephone: null,
    address: null,
    alerts: [],
    allergies: [],
    last_visit: null,
    held_from: null,
    contact_every_days: null,
    review: 0,
    search: id,
    ...some,
  };
}

export function appointmentRow(
  id: string,
  local: string,
  some: Partial<AppointmentRow> = {},
): AppointmentRow {
  return {
    id,
    patient: 'p1',
    unsent: false,
    contested: [],
    type: 'home-visit',
    status: 'booked',
    start: { local, zone: 'UTC' },
    end: null,
    starts: [],
    location: null,
    prep: null,
    member: ME,
    visit: null,
    ...some,
  };
}

export function visitRow(id: string, some: Partial<VisitRow> = {}): VisitRow {
  return {
    id,
    patient: 'p1',
    unsent: false,
    contested: [],
    appointment: null,
    member: ME,
    status: 'in-progress',
    actual_start: '2026-11-21T09:05:00Z',
    actual_end: null,
    signed: false,
    ...some,
  };
}

export function taskRow(id: string, some: Partial<TaskRow> = {}): TaskRow {
  return {
    id,
    patient: 'p1',
    unsent: false,
    contested: [],
    description: id,
    status: 'requested',
    priority: 'routine',
    due: null,
    owner: ME,
    ...some,
  };
}

export function record(
  kind: string,
  fields: RecordShown['fields'],
  some: Partial<RecordShown> = {},
): RecordShown {
  return {
    id: kind,
    kind,
    patient: 'p1',
    version: 1,
    deleted: false,
    fields,
    contested: {},
    overruled: {},
    unsent: [],
    ...some,
  };
}

/** A contest over one field, each value written by another member. */
export function contest(...values: (string | boolean)[]) {
  return values.map((value, nth) => ({
    value,
    member: `m${nth}`,
    at: nth,
    seq: nth + 1,
    seen: 0,
  }));
}

/** Days as a clock in UTC has them. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
