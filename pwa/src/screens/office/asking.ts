/** Every address of the office's screens, each once. Ids stand in addresses; a name to search for travels in a body. */
import type { Reply } from '../../sync/client';
import {
  readAdded,
  readChartAccess,
  readDevices,
  readDone,
  readDue,
  readFound,
  readInvited,
  readLeft,
  readLog,
  readLost,
  readMembers,
  readOpened,
  readOpenings,
  readRestore,
  readSalvage,
  readTakenIn,
  type NewMember,
} from './answers';

interface Asker {
  ask<T>(
    path: string,
    read: (body: unknown) => T | null,
    call: { method: 'GET' | 'POST'; body?: unknown },
  ): Promise<Reply<T>>;
}

const GET = { method: 'GET' } as const;
const post = (body: unknown = {}) => ({ method: 'POST', body }) as const;

/** Which entries of the access log are asked for; days are dates without a time, both included. */
export interface LogFilter {
  member: string | null;
  patient: string | null;
  from: string | null;
  to: string | null;
}

export function office(app: Asker) {
  return {
    members: () => app.ask('/api/office/members', readMembers, GET),
    add: (member: NewMember) => app.ask('/api/office/members', readAdded, post(member)),
    invite: (member: string) =>
      app.ask(`/api/office/members/${member}/invitation`, readInvited, post()),
    leave: (member: string) => app.ask(`/api/office/members/${member}/leave`, readLeft, post()),

    devices: () => app.ask('/api/office/devices', readDevices, GET),
    revoke: (device: string) => app.ask(`/api/devices/${device}/revoke`, readDone, post()),

    log: (filter: LogFilter, after: string | null) =>
      app.ask(`/api/office/access${query({ ...filter, after })}`, readLog, GET),

    find: (name: string, birth_date: string | null) =>
      app.ask('/api/patients/search', readFound, post({ name, ...(birth_date && { birth_date }) })),
    open: (patient: string, reason: string) =>
      app.ask(`/api/charts/${patient}/open`, readOpened, post({ reason })),
    openings: (after: string | null) =>
      app.ask(`/api/office/openings${query({ after })}`, readOpenings, GET),

    lost: (after: string | null) =>
      app.ask(`/api/office/refusals${query({ after })}`, readLost, GET),
    takeIn: (device: string, n: number) =>
      app.ask(`/api/office/refusals/${device}/${n}/accept`, readTakenIn, post()),
    dismiss: (device: string, n: number) =>
      app.ask(`/api/office/refusals/${device}/${n}/dismiss`, readDone, post()),

    restore: () => app.ask('/api/office/restore', readRestore, GET),
    endRestore: () => app.ask('/api/office/restore/end', readDone, post()),
    salvage: (after: string | null) =>
      app.ask(`/api/office/salvage${query({ after })}`, readSalvage, GET),
    takeInSalvage: (record: string, hash: string) =>
      app.ask(`/api/office/salvage/${record}/${hash}/take-in`, readTakenIn, post()),
    dismissSalvage: (record: string, hash: string) =>
      app.ask(`/api/office/salvage/${record}/${hash}/dismiss`, readDone, post()),

    due: () => app.ask('/api/office/retention', readDue, GET),
    retain: (patient: string, act: 'approve' | 'withdraw' | 'release') =>
      app.ask(`/api/office/retention/${patient}/${act}`, readDone, post()),
    hold: (patient: string, reason: string) =>
      app.ask(`/api/office/retention/${patient}/hold`, readDone, post({ reason })),

    chartAccess: (patient: string, after: string | null) =>
      app.ask(`/api/charts/${patient}/access${query({ after })}`, readChartAccess, GET),
  };
}

export const logFile = (filter: LogFilter) => `/api/office/access.csv${query({ ...filter })}`;
export const chartAccessFile = (patient: string) => `/api/charts/${patient}/access.csv`;

/** What is said, as the query of an address. */
export function query(parts: Record<string, string | null>): string {
  const said = Object.entries(parts).filter((part): part is [string, string] => Boolean(part[1]));
  return said.length ? `?${new URLSearchParams(said)}` : '';
}
