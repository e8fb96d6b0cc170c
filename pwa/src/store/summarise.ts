/** What the index keeps of a chart: the rows that Today, Patients, Tasks and Review list. A pure function. */
import type {
  AppointmentRow,
  Contestant,
  Json,
  PatientRow,
  PersonName,
  RecordShown,
  ReviewRow,
  Row,
  Summary,
  TaskRow,
  VisitRow,
  Zoned,
} from './types';

/** `member` is whose phone this is: Review tells their own writes from those of others. */
export function summarise(chart: Iterable<RecordShown>, member: string): Summary {
  const byKind = Map.groupBy(chart, (record) => record.kind);
  const all = [...byKind.values()].flat();
  const review = all.flatMap((record) => reviewRows(record, member));
  const of = (kind: string) => (byKind.get(kind) ?? []).filter((record) => !record.deleted);
  const visits = of('visit').map(visitRow);
  const patient = of('patient')[0];
  return {
    patient: patient
      ? patientRow(patient, of('allergy'), of('assignment'), visits, review.length)
      : null,
    appointments: of('appointment').map((record) => appointmentRow(record, visits)),
    visits,
    tasks: of('task').map(taskRow),
    review,
  };
}

/** Text as search compares it: without case, accents or double spaces. */
export function foldText(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/\s+/g, ' ').trim();
}

function row(record: RecordShown): Row {
  return {
    id: record.id,
    patient: record.patient ?? '',
    unsent: record.unsent.length > 0,
    contested: Object.keys(record.contested),
  };
}

function patientRow(
  record: RecordShown,
  allergies: RecordShown[],
  assignments: RecordShown[],
  visits: VisitRow[],
  review: number,
): PatientRow {
  const { fields } = record;
  const name = (isObject(fields.name) ? fields.name : {}) as PersonName;
  const telecom = objects(fields.telecom);
  const address = objects(fields.address)[0] ?? null;
  const telephones = telecom
    .filter((one) => one.system === 'phone' || one.system === 'sms')
    .flatMap((one) => text(one.value) ?? []);
  const preferred = text(fields.preferred_name);
  const held = assignments.find((one) => one.fields.status === 'active')?.fields;
  const every = held?.contact_every_days;
  return {
    ...row(record),
    name,
    preferred_name: preferred,
    birth_date: text(fields.birth_date),
    gender: text(fields.gender),
    language: text(fields.language),
    interpreter_required: fields.interpreter_required === true,
    deceased: fields.deceased === 'deceased',
    telephone: telephones[0] ?? null,
    address,
    alerts: fields.alerts ?? null,
    allergies: allergies.filter(isStanding).flatMap((one) => text(one.fields.substance) ?? []),
    last_visit: lastVisit(visits),
    held_from: text(held?.starts),
    contact_every_days: typeof every === 'number' ? every : null,
    review,
    search: foldText(
      [
        name.prefix,
        name.given,
        name.family,
        preferred,
        text(fields.birth_date),
        ...telephones.flatMap((number) => [number, number.replace(/\D/g, '')]),
        ...Object.values(address ?? {}).map((part) => text(part)),
      ]
        .filter(Boolean)
        .join(' '),
    ),
  };
}

/** An allergy is left out of a header only when somebody has said that it is over or was wrong. */
function isStanding(allergy: RecordShown): boolean {
  const { clinical_status: status, verification_status: verification } = allergy.fields;
  return (
    !['inactive', 'resolved'].includes(String(status)) &&
    !['refuted', 'entered-in-error'].includes(String(verification))
  );
}

function lastVisit(visits: VisitRow[]): number | null {
  const ends = visits
    .filter((visit) => visit.status === 'finished')
    .map((visit) => Date.parse(visit.actual_end ?? visit.actual_start ?? ''))
    .filter((end) => !Number.isNaN(end));
  return ends.length ? Math.max(...ends) : null;
}

function appointmentRow(record: RecordShown, visits: VisitRow[]): AppointmentRow {
  const { fields, contested } = record;
  return {
    ...row(record),
    type: text(fields.type),
    status: text(fields.status),
    start: zoned(fields.start),
    end: zoned(fields.end),
    starts: distinct(contested.start ?? []).flatMap((value) => zoned(value) ?? []),
    location: fields.location ?? null,
    prep: text(fields.prep),
    member: text(fields.member),
    visit: visits.find((visit) => visit.appointment === record.id)?.id ?? null,
  };
}

function visitRow(record: RecordShown): VisitRow {
  const { fields } = record;
  return {
    ...row(record),
    appointment: text(fields.appointment),
    member: text(fields.member),
    status: text(fields.status),
    actual_start: text(fields.actual_start),
    actual_end: text(fields.actual_end),
    signed: Array.isArray(fields.signature) && fields.signature.length > 0,
  };
}

function taskRow(record: RecordShown): TaskRow {
  const { fields } = record;
  return {
    ...row(record),
    description: text(fields.description) ?? '',
    status: text(fields.status),
    priority: text(fields.priority),
    due: fields.due ?? null,
    owner: text(fields.owner),
  };
}

function reviewRows(record: RecordShown, member: string): ReviewRow[] {
  const rows = (state: ReviewRow['state'], fields: Record<string, Contestant[]>) =>
    Object.entries(fields)
      .filter(([, writes]) => writes.length > 0)
      .map(([field, writes]) => ({
        record: record.id,
        kind: record.kind,
        patient: record.patient,
        field,
        state,
        at: Math.max(...writes.map((write) => write.at)),
        mine: writes.some((write) => write.member === member),
      }));
  return [...rows('contested', record.contested), ...rows('overruled', record.overruled)];
}

function distinct(writes: Contestant[]): Json[] {
  return [...new Map(writes.map(({ value }) => [JSON.stringify(value), value])).values()];
}

function zoned(value: Json | undefined): Zoned | null {
  if (!isObject(value)) return null;
  const { local, zone } = value;
  return typeof local === 'string' && typeof zone === 'string' ? { local, zone } : null;
}

function text(value: Json | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function objects(value: Json | undefined): Record<string, Json>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function isObject(value: Json | undefined): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
