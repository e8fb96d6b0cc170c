/** What travels in one round trip (protocol.md, "One round trip"), and the check that an answer is one. */
import type { ToldNotice } from '../store/notices';
import type { Read } from '../store/reads';
import type { Change, Refusal, ServerRecord } from '../store/types';

export const PROTOCOL = 1;

export interface Request {
  protocol: typeof PROTOCOL;
  device: string;
  now: number;
  lang: string;
  epoch: string | null;
  cursor: string | null;
  /** Left out where it equals `cursor`. */
  made?: string | null;
  limit: number;
  status: Status;
  reads?: Read[];
  changes?: Change[];
}

export interface Status {
  app: string;
  unsent: number;
  oldest?: number;
  /** Share of the allowed storage in use, 0 to 1. */
  storage?: number;
  persisted?: boolean;
}

export type RefusedChange = Refusal & { n: number };

/** `at`: as the server keeps it, where that is not as it was sent. */
export interface Accepted {
  n: number;
  seq: number;
  at?: number;
}

/** What became of the changes that were sent. */
export interface Outcomes {
  accepted: Accepted[];
  refused: RefusedChange[];
}

/** A change as it was sent the first time, with what the server said of it since: to `POST /api/take-back`. */
export type TakenBack = Change & { seqs?: number[]; corrected?: number };

/** What became of changes that were taken back: the last cannot be answered yet. */
export interface Taken extends Outcomes {
  waiting: number[];
}

export interface Answer extends Outcomes {
  epoch: string;
  cursor: string | null;
  more: boolean;
  records: ServerRecord[];
  set_aside: ToldNotice[];
  forget: string[];
  /** The server stands on a restored backup and has taken nothing (protocol.md, "A restored server"). */
  restored?: { head: number; start: number };
}

/** The answer, with absent lists as empty; null for anything that is none, as a captive portal's page. */
export function readAnswer(body: unknown): Answer | null {
  if (!isObject(body) || typeof body.epoch !== 'string') return null;
  if (isObject(body.restored)) return { ...EMPTY, ...(body as unknown as Answer), cursor: null };
  const outcomes = readOutcomes(body);
  const { cursor, more } = body;
  if (!outcomes || typeof cursor !== 'string' || typeof more !== 'boolean') return null;
  const lists = ['records', 'set_aside', 'forget'].map((name) => body[name] ?? []);
  if (!lists.every(Array.isArray)) return null;
  const [records, set_aside, forget] = lists as [ServerRecord[], ToldNotice[], string[]];
  if (!records.every(isRecord)) return null;
  return { ...outcomes, epoch: body.epoch, cursor, more, records, set_aside, forget };
}

/** `accepted` and `refused`, as an answer and a `device_copied` problem both have them. */
export function readOutcomes(body: Record<string, unknown>): Outcomes | null {
  const { accepted = [], refused = [] } = body;
  const dots = [accepted, refused];
  if (!dots.every((list) => Array.isArray(list) && list.every((one) => isWhole(one?.n))))
    return null;
  return { accepted, refused } as Outcomes;
}

/** The answer of a restored server to changes taken back. */
export function readTaken(body: unknown): Taken | null {
  if (!isObject(body)) return null;
  const outcomes = readOutcomes(body);
  const { waiting = [] } = body;
  if (!outcomes || !Array.isArray(waiting) || !waiting.every(isWhole)) return null;
  return { ...outcomes, waiting };
}

const EMPTY = { accepted: [], refused: [], records: [], set_aside: [], forget: [], more: false };

function isRecord(record: unknown): boolean {
  return (
    isObject(record) &&
    typeof record.id === 'string' &&
    typeof record.kind === 'string' &&
    isWhole(record.version) &&
    [record.fields, record.contested, record.overruled].every(isObject)
  );
}

function isWhole(value: unknown): boolean {
  return Number.isInteger(value);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
