/** What the office answers (server/README.md, the office's routes), and the checks that an answer is one. */
import type { Device } from '../../state/types';
import type { Change, Contestant, Json, PersonName, Role } from '../../store/types';
import { isObject } from '../../sync/wire';
import type { Page } from './asked.svelte';

/** A name comes as one text or in its parts. */
export type Named = string | PersonName;

export interface OfficeMember {
  id: string;
  name: string;
  email: string;
  role: Role;
  team: string | null;
  team_name: string | null;
  /** The teams that a supervisor supervises, by name. */
  teams: string[];
  status: 'active' | 'left';
  phone: string | null;
  passkeys: number;
  devices: number;
  last_contact: number | null;
}

export interface NewMember {
  name: string;
  email: string;
  role: Role;
  teams: string[];
  phone: string | null;
}

export interface Invited {
  link: string;
  expires_at: number;
  /** A picture of the link as a data address. */
  qr: string;
  recovery: boolean;
}

export interface LogEntry {
  id: string;
  at: number;
  member: string | null;
  member_name: string | null;
  patient: string | null;
  patient_name: Named | null;
  /** The colleague to whom it was done. */
  subject_name: string | null;
  what: string;
  detail: string | null;
  offline: boolean;
  device_name: string | null;
}

export interface FoundPatient {
  id: string;
  name: Named;
  birth_date: string | null;
  holds: boolean;
  team_names: string[];
  /** Names of the members who hold the chart. */
  holders: string[];
}

export interface Opening {
  at: number;
  until: number;
  member: string;
  member_name: string;
  patient: string;
  patient_name: Named;
  reason: string | null;
}

/** A change that a lost phone, or the phone of one who left, still sent. */
export interface LostChange {
  device: string;
  device_name: string;
  n: number;
  member: string;
  member_name: string;
  patient: string | null;
  patient_name: Named | null;
  kind: string | null;
  record: string | null;
  change: Change;
  code: string;
  message: string;
  refused_at: number;
}

export interface Approval {
  member: string;
  member_name: string;
  at: number;
}

export interface DueChart {
  patient: string;
  patient_name: Named | null;
  last_activity: number | null;
  ended: number | null;
  due_since: number;
  /** Past its period; a chart on hold is listed before that too. */
  due: boolean;
  hold: { reason: string; at: number } | null;
  approvals: Approval[];
}

export interface SeenEntry {
  at: number;
  member: string | null;
  member_name: string | null;
  what: string;
  offline: boolean;
  device_name: string | null;
}

/** What one member changed of one kind on one day. */
export interface ChangedEntry {
  at: number;
  member: string;
  member_name: string;
  kind: string;
  changes: number;
}

export interface HeldEntry {
  member: string;
  member_name: string;
  device: string;
  device_name: string;
  from: number;
  to: number | null;
  /** It has been in touch since, and so let go of the chart. */
  gone: boolean;
}

export type ChartOpening = Omit<Opening, 'patient' | 'patient_name'>;

export interface ChartAccess {
  seen: SeenEntry[];
  /** What to ask with for more that was seen; null after the last. */
  next: string | null;
  changed: ChangedEntry[];
  held: HeldEntry[];
  openings: ChartOpening[];
}

/** A phone as the restore sees it; `unsent` is what the copy of the records says it had not sent. */
export interface RestoredPhone {
  id: string;
  name: string;
  member_name: string;
  team_name: string | null;
  last_contact: number | null;
  /** It has been in touch since, and brought back what it had. */
  returned: boolean;
  unsent: number | null;
}

/** The last restore of this organisation, all null and empty where there was none. */
export interface RestoreStanding {
  restoring: boolean;
  began_at: number | null;
  ended_at: number | null;
  /** When the copy was made: what was done since, the phones bring back. */
  lost_since: number | null;
  phones: RestoredPhone[];
  /** Changes that are back and cannot be folded yet. */
  waiting: number;
  /** Copies of records that nobody has decided about. */
  salvage: number;
}

/** A record as a phone held it, whose changes nobody has brought back. */
export interface SalvageOffer {
  record: string;
  hash: string;
  kind: string;
  patient: string | null;
  patient_name: Named | null;
  version: number;
  fields: Record<string, Json>;
  /** Fields of which the phone knows several values that nobody has decided between. */
  contested?: Record<string, Contestant[]>;
  deleted: boolean;
  /** What stands today; null where there is no such record. */
  current: Record<string, Json> | null;
  current_deleted?: boolean;
  member: string;
  member_name: string;
  device_name: string;
  offered_at: number;
}

type Reader<T> = (body: unknown) => T | null;

/** A list under `name`, each entry an object with those texts or numbers, and where the next page begins. */
export function pageOf<T>(name: string, ...required: (keyof T & string)[]): Reader<Page<T>> {
  return (body) => {
    const items = listOf<T>(body, name, required);
    const next = nextOf(body);
    return items && next !== undefined ? { items, next } : null;
  };
}

export const readMembers = pageOf<OfficeMember>('members', 'id', 'name', 'role', 'status');
export const readDevices = pageOf<Device>('devices', 'id', 'name', 'member_name');
export const readLog = pageOf<LogEntry>('entries', 'id', 'at', 'what');
export const readFound = pageOf<FoundPatient>('patients', 'id');
export const readOpenings = pageOf<Opening>('openings', 'at', 'until', 'member_name', 'patient');
export const readLost = pageOf<LostChange>('refusals', 'device', 'n', 'refused_at');
export const readDue = pageOf<DueChart>('charts', 'patient', 'due_since');

export function readRestore(body: unknown): RestoreStanding | null {
  const phones = listOf<RestoredPhone>(body, 'phones', ['id', 'name', 'member_name']);
  if (!phones || !isObject(body)) return null;
  const { restoring, waiting, salvage } = body;
  const isOne = typeof restoring === 'boolean' && typeof waiting === 'number';
  return isOne && typeof salvage === 'number' ? (body as unknown as RestoreStanding) : null;
}

export function readSalvage(body: unknown): Page<SalvageOffer> | null {
  const page = pageOf<SalvageOffer>('offers', 'record', 'hash', 'kind', 'offered_at')(body);
  const isWhole = page?.items.every(
    ({ fields, current }) => isObject(fields) && (current === null || isObject(current)),
  );
  return page && isWhole ? page : null;
}

export function readChartAccess(body: unknown): ChartAccess | null {
  const seen = listOf<SeenEntry>(body, 'seen', ['at', 'what']);
  const changed = listOf<ChangedEntry>(body, 'changed', ['at', 'kind', 'changes']);
  const held = listOf<HeldEntry>(body, 'held', ['device', 'from']);
  const openings = listOf<ChartOpening>(body, 'openings', ['at', 'until']);
  const next = nextOf(body);
  if (!seen || !changed || !held || !openings || next === undefined) return null;
  return { seen, changed, held, openings, next };
}

export function readInvited(body: unknown): Invited | null {
  if (!isObject(body) || typeof body.link !== 'string' || typeof body.qr !== 'string') return null;
  if (typeof body.expires_at !== 'number' || !body.qr.startsWith('data:image/')) return null;
  return body as unknown as Invited;
}

export function readAdded(body: unknown): { id: string } | null {
  return isObject(body) && typeof body.id === 'string' ? { id: body.id } : null;
}

export function readLeft(body: unknown): { devices: number } | null {
  return isObject(body) && typeof body.devices === 'number' ? { devices: body.devices } : null;
}

export function readOpened(body: unknown): { until: number } | null {
  return isObject(body) && typeof body.until === 'number' ? { until: body.until } : null;
}

/** Taken in, with the numbers of those that it needed; or why it is still refused. */
export type TakenIn = { with: number[] } | { refused: string };

export function readTakenIn(body: unknown): TakenIn | null {
  if (!isObject(body)) return null;
  const { accepted, message, with: needed = [] } = body;
  if (accepted === true && Array.isArray(needed))
    return { with: needed.filter((n) => typeof n === 'number') };
  return accepted === false && typeof message === 'string' ? { refused: message } : null;
}

export function readDone(): true {
  return true;
}

function listOf<T>(body: unknown, name: string, required: readonly string[]): T[] | null {
  const list = isObject(body) ? body[name] : null;
  const isOne = (one: unknown) =>
    isObject(one) && required.every((key) => ['string', 'number'].includes(typeof one[key]));
  return Array.isArray(list) && list.every(isOne) ? (list as T[]) : null;
}

/** Undefined where it is nothing to ask with. */
function nextOf(body: unknown): string | null | undefined {
  const next = isObject(body) ? (body.next ?? null) : undefined;
  return next === null || typeof next === 'string' ? next : undefined;
}
