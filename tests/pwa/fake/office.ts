/**
 * The made-up server's office, for `npm run dev:fake`: people, phones, the access log and what waits for a supervisor,
 * so that each screen has something true to show and every button does something.
 */
import type {
  ChartAccess,
  DueChart,
  FoundPatient,
  LogEntry,
  LostChange,
  OfficeMember,
  Opening,
} from '../../../pwa/src/screens/office/answers';
import type { Activity, Device } from '../../../pwa/src/state/types';
import { foldText } from '../../../pwa/src/store/summarise';
import type { PersonName, Role, ServerRecord } from '../../../pwa/src/store/types';
import { ME } from './caseload';
import { FakeRestore } from './restore';
import { json, problem, type FakeServer } from './server';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A picture of nothing in particular, where a real one holds the link. */
const QR = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 29 29"><path d="M4 4h7v7H4zM18 4h7v7h-7zM4 18h7v7H4zM13 6h2v3h-2zM14 13h4v2h-4zM20 14h5v2h-5zM13 18h3v3h-3zM18 20h7v2h-7zM13 23h4v2h-4z"/></svg>',
)}`;

type Path = readonly string[];

export class FakeOffice {
  readonly members: OfficeMember[];
  readonly devices: Device[];
  readonly lost: LostChange[];
  readonly due: DueChart[];
  readonly restore: FakeRestore;

  constructor(
    private readonly server: FakeServer,
    private readonly now: number,
  ) {
    this.members = people(now);
    this.devices = this.members.flatMap((member, nth) => phonesOf(member, nth, now));
    this.lost = lostChanges(this.#patients(), now);
    this.due = dueCharts(this.#patients(), now);
    this.restore = new FakeRestore(server, this.devices, now);
  }

  /** Asked by the made-up server for whatever it does not answer itself. */
  answer = (path: string, method: string, body: Record<string, unknown>): Response | null => {
    const [room, ...rest] = path.replace('/api/', '').split('/');
    if (path === '/api/me/activity') return json({ activity: activity(this.now) });
    if (path === '/api/devices') return json({ devices: this.#own() });
    if (path === '/api/patients/search') return this.#find(String(body.name));
    if (room === 'devices' && rest[1] === 'revoke') return this.#revoke(rest[0]!);
    if (room === 'charts') return this.#chart(rest);
    return room === 'office' ? this.#office(rest, method, body) : null;
  };

  #office(
    [room, id, act, last]: Path,
    method: string,
    body: Record<string, unknown>,
  ): Response | null {
    if (room === 'members') {
      if (id) return act === 'leave' ? this.#leave(id) : this.#invite(id);
      return method === 'GET' ? json({ members: this.members, next: null }) : this.#add(body);
    }
    if (room === 'devices') return json({ devices: this.devices, next: null });
    if (room === 'access') return json({ entries: this.#log(), next: null });
    if (room === 'access.csv') return csv();
    if (room === 'openings') return json({ openings: this.#openings(), next: null });
    if (room === 'refusals') return this.#refusals(id, Number(act));
    if (room === 'retention') return this.#retention(id, act, body);
    return this.restore.answer([room, id, act, last]);
  }

  #chart([patient, act]: Path): Response | null {
    if (act === 'access') return json(this.#seen(patient!));
    if (act === 'access.csv') return csv();
    return act === 'open' ? json({ until: this.now + DAY }, 201) : null;
  }

  #own(): Device[] {
    const enrolled = [...this.server.devices].filter(([, { member }]) => member === ME.member);
    const these = enrolled.map(([id, { revoked }]) =>
      phone(id, 'Fake phone', ME.member, ME.name, this.now, {
        ...{ current: true, revoked_at: revoked ? this.now : null },
      }),
    );
    return [...these, ...this.devices.filter(({ member }) => member === ME.member)];
  }

  #invite(member: string): Response {
    const { passkeys } = this.members.find(({ id }) => id === member)!;
    const expires_at = Date.now() + 15 * MINUTE;
    const link = `${location.origin}/#/join/${crypto.randomUUID()}`;
    return json({ link, expires_at, qr: QR, recovery: passkeys > 0 });
  }

  #add(body: Record<string, unknown>): Response {
    const { name, email, role, teams, phone: telephone } = body as unknown as OfficeMember;
    if (this.members.some((one) => one.email === email)) return problem(409, 'member_exists');
    const member = one(name, role, email, { phone: telephone, passkeys: 0, last_contact: null });
    const isSupervisor = role === 'supervisor';
    const of = { teams: isSupervisor ? teams : [], team_name: isSupervisor ? null : teams[0]! };
    this.members.push({ ...member, ...of });
    return json({ id: member.id }, 201);
  }

  #leave(member: string): Response {
    this.members.find(({ id }) => id === member)!.status = 'left';
    const theirs = this.devices.filter((device) => device.member === member && !device.revoked_at);
    for (const device of theirs) device.revoked_at = Date.now();
    return json({ devices: theirs.length });
  }

  #revoke(id: string): Response {
    const device = this.devices.find((one) => one.id === id);
    if (!device) return problem(404, 'not_found');
    device.revoked_at = Date.now();
    device.lost_unsent = device.status?.unsent ?? null;
    return new Response(null, { status: 204 });
  }

  #refusals(device: string | undefined, n: number): Response {
    if (!device) return json({ refusals: this.lost, next: null });
    const at = this.lost.findIndex((change) => change.device === device && change.n === n);
    if (at >= 0) this.lost.splice(at, 1);
    return json({ accepted: true, with: [] });
  }

  #retention(patient: string | undefined, act: string | undefined, body: Record<string, unknown>) {
    const chart = this.due.find((one) => one.patient === patient);
    if (!patient) return json({ charts: this.due, next: null });
    if (!chart) return problem(404, 'not_found');
    const mine = { member: ME.member, member_name: ME.name, at: Date.now() };
    const others = chart.approvals.filter(({ member }) => member !== ME.member);
    if (act === 'approve') chart.approvals = [...others, mine];
    if (act === 'withdraw') chart.approvals = others;
    if (act === 'hold') chart.hold = { reason: String(body.reason), at: Date.now() };
    if (act === 'release') chart.hold = null;
    return new Response(null, { status: 204 });
  }

  #find(name: string): Response {
    const found = this.#patients()
      .filter(({ fields }) => foldText(nameOf(fields.name)).includes(foldText(name)))
      .map(({ id, fields }): FoundPatient => ({
        ...{ id, name: fields.name as PersonName, birth_date: String(fields.birth_date) },
        ...{ holds: true, team_names: ['North'], holders: [ME.name] },
      }));
    const elsewhere: FoundPatient = {
      ...{ id: crypto.randomUUID(), name: { given: 'Ofelia', family: 'Marín' } },
      ...{ birth_date: '1944-03-09', holds: false, team_names: ['South'], holders: ['Tom Weller'] },
    };
    const isThem = foldText('Ofelia Marín').includes(foldText(name));
    return json({ patients: isThem ? [...found, elsewhere] : found });
  }

  #patients(): ServerRecord[] {
    return [...this.server.records.values()].filter(({ kind }) => kind === 'patient');
  }

  #log(): LogEntry[] {
    const kinds = ['chart', 'history', 'summary', 'search', 'export', 'opening'];
    const [patients, members] = [this.#patients(), this.members];
    return Array.from({ length: 40 }, (_, nth) => {
      const { id, name } = members[nth % members.length]!;
      const patient = patients[nth % patients.length]!;
      const what = kinds[(nth * 7) % kinds.length]!;
      const isOfChart = what !== 'search';
      return {
        ...{ id: String(900 - nth), at: this.now - nth * 37 * MINUTE, what },
        ...{ member: id, member_name: name, device_name: nth % 3 ? 'Pixel 8, Chrome' : null },
        subject_name: null,
        patient: isOfChart ? patient.id : null,
        patient_name: isOfChart ? (patient.fields.name as PersonName) : null,
        detail: what === 'opening' ? 'Fell at home, nurse on call asked.' : null,
        offline: nth % 4 === 1,
      };
    });
  }

  #openings(): Opening[] {
    return this.#patients()
      .slice(0, 3)
      .map(({ id, fields }, nth) => {
        const at = this.now - (nth + 1) * 5 * HOUR;
        const { id: member, name } = this.members[nth + 1]!;
        const reason = ['Fell at home, daughter called.', 'Covers a missed visit.', null][nth]!;
        const who = { member, member_name: name, patient: id };
        return { at, until: at + DAY, ...who, patient_name: fields.name as PersonName, reason };
      });
  }

  #seen(patient: string): ChartAccess {
    const log = this.#log().filter((entry) => entry.patient === patient);
    const openings = this.#openings().filter((opening) => opening.patient === patient);
    const [rosa, imani] = this.members;
    const held = [rosa!, imani!].map(({ id, name }, nth) => ({
      ...{ member: id, member_name: name, device: `d${nth}`, device_name: 'Pixel 8, Chrome' },
      ...{ from: this.now - (nth + 1) * 60 * DAY, to: nth ? this.now - 20 * DAY : null },
      gone: nth > 0,
    }));
    const changed = ['medication', 'visit', 'goal'].map((kind, nth) => ({
      ...{ at: this.now - nth * DAY, member: rosa!.id, member_name: rosa!.name, kind },
      changes: 1 + nth * 2,
    }));
    return { seen: log, next: null, changed, held, openings };
  }
}

/** Offices with a role of their own to look from. */
export const isRole = (text: string | null): text is Role =>
  ['coordinator', 'clinician', 'supervisor', 'administrator'].includes(text ?? '');

function one(name: string, role: Role, email: string, more: Partial<OfficeMember>): OfficeMember {
  return {
    ...{ id: crypto.randomUUID(), name, email, role, team: null, team_name: 'North', teams: [] },
    ...{ status: 'active', phone: '+1 212 555 0199', passkeys: 1, devices: 1, last_contact: null },
    ...more,
  };
}

function people(now: number): OfficeMember[] {
  const at = 'riverside.example';
  return [
    one(ME.name, 'coordinator', ME.email, { id: ME.member, passkeys: 2, last_contact: now }),
    one('Imani Okafor', 'clinician', `imani@${at}`, { last_contact: now - 3 * HOUR }),
    one('Priya Raman', 'supervisor', `priya@${at}`, {
      ...{ teams: ['North', 'South'], team_name: null, last_contact: now - 20 * MINUTE },
    }),
    one('Tom Weller', 'coordinator', `tom@${at}`, {
      ...{ team_name: 'South', last_contact: now - 9 * DAY },
    }),
    one('Ada Lindgren', 'administrator', `ada@${at}`, { team_name: null, devices: 0 }),
    one('Jonas Bauer', 'coordinator', `jonas@${at}`, { passkeys: 0, devices: 0, phone: null }),
    one('Marta Silva', 'clinician', `marta@${at}`, { status: 'left', passkeys: 0 }),
  ];
}

function phone(
  id: string,
  name: string,
  member: string,
  member_name: string,
  last_contact: number | null,
  more: Partial<Device> = {},
): Device {
  return {
    ...{ id, name, member, member_name, team_name: 'North', last_contact },
    ...{ enrolled_at: (last_contact ?? 0) - 120 * DAY, revoked_at: null, erased_at: null },
    ...{ lost_unsent: null, current: false },
    status: { app: '0.2.0', unsent: 0, oldest: null, persisted: true },
    ...more,
  };
}

function phonesOf(member: OfficeMember, nth: number, now: number): Device[] {
  const { id, name, last_contact, status } = member;
  if (!member.devices) return [];
  const first = phone(crypto.randomUUID(), 'Pixel 8, Chrome', id, name, last_contact, {
    status: { app: '0.2.0', unsent: nth === 3 ? 14 : nth, oldest: now - nth * DAY },
    ...(status === 'left' && { revoked_at: now - 6 * DAY, erased_at: now - 5 * DAY }),
  });
  const lost = phone(crypto.randomUUID(), 'iPhone, Safari', id, name, now - 4 * DAY, {
    ...{ revoked_at: now - 3 * DAY, lost_unsent: 2, status: { app: '0.1.0', unsent: 2 } },
  });
  return nth === 1 ? [first, lost] : [first];
}

function lostChanges(patients: ServerRecord[], now: number): LostChange[] {
  return patients.slice(0, 2).map((patient, nth) => {
    const record = crypto.randomUUID();
    const at = now - 3 * DAY - nth * HOUR;
    const set = { description: 'Bring the blood pressure cuff on Tuesday.' };
    return {
      ...{ device: 'lost', device_name: 'iPhone, Safari', n: nth + 7, refused_at: now - 2 * DAY },
      ...{ member: 'imani', member_name: 'Imani Okafor', kind: 'task', record },
      ...{ patient: patient.id, patient_name: patient.fields.name as PersonName },
      change: { n: nth + 7, at, seen: 0, record, kind: 'task', patient: patient.id, set },
      ...{ code: 'not_yours', message: 'This phone was revoked.' },
    };
  });
}

function dueCharts(patients: ServerRecord[], now: number): DueChart[] {
  return patients.slice(-3).map(({ id, fields }, nth) => ({
    ...{ patient: id, patient_name: fields.name as PersonName, ended: now - 8 * 365 * DAY },
    ...{ last_activity: now - 7 * 365 * DAY - nth * 40 * DAY, due_since: now - nth * 40 * DAY },
    due: nth < 2,
    hold: nth === 2 ? { reason: 'Claim before the court.', at: now - 30 * DAY } : null,
    approvals: nth === 1 ? [{ member: 'ada', member_name: 'Ada Lindgren', at: now - 2 * DAY }] : [],
  }));
}

function activity(now: number): Activity[] {
  const line = (what: string, hours: number, more: Partial<Activity> = {}): Activity => ({
    ...{ at: now - hours * HOUR, what, by: ME.member, by_name: ME.name },
    ...{ device_name: 'Pixel 8, Chrome', detail: null, ...more },
  });
  const priya = { by: 'priya', by_name: 'Priya Raman', device_name: null };
  return [
    line('sign_in', 1),
    line('passkey_added', 50, { detail: 'Security key' }),
    line('escrow_release', 200),
    line('recovered', 200),
    line('invited', 201, priya),
    line('device_revoked', 202, { ...priya, detail: 'iPhone, Safari' }),
    line('device_enrolled', 2_900),
  ];
}

function csv(): Response {
  const text = 'at,member,what\r\n2026-11-21T10:00:00Z,Rosa Delgado,chart\r\n';
  return new Response(text, { headers: { 'Content-Type': 'text/csv; charset=utf-8' } });
}

function nameOf(name: unknown): string {
  const { given = '', family = '' } = name as PersonName;
  return `${given} ${family}`;
}
