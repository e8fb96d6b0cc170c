/**
 * A phone never merges: it lays its own pending and just-accepted changes over the server's record and shows that
 * (protocol.md, "The phone"). The vectors in tests/vectors/overlay.json hold for it.
 */
import { canonical } from './canonical';
import type { Change, Contestant, Json, RecordShown, ServerRecord } from './types';

/** Whether the field of the kind is a log, whose equal entries stay apart. */
export type IsLog = (kind: string, field: string) => boolean;

type Laid = Pick<
  Change,
  'record' | 'kind' | 'patient' | 'seen' | 'set' | 'add' | 'remove' | 'delete'
>;

/**
 * The record as shown: the server's copy, if there is one, under `changes` in the order in which they were made.
 * A contest stays shown for those writes that the laid change had not seen. Null when there is nothing to show.
 */
export function layOver(
  record: ServerRecord | null,
  changes: readonly Laid[],
  isLog: IsLog,
): RecordShown | null {
  const first = changes[0];
  if (!first) return record && { ...record, unsent: [] };
  const shown = record ? { ...record, fields: { ...record.fields } } : blank(first);
  const touched = new Set<string>(record ? [] : ['*']);
  for (const change of changes) {
    lay(shown, change, (field) => isLog(shown.kind, field));
    if (record) for (const field of touchedBy(change)) touched.add(field);
  }
  return { ...shown, unsent: [...touched] };
}

/** Fields that a change touches; `deleted` for a deletion or a keep. */
function touchedBy({ set, add, remove, delete: deletes }: Laid): string[] {
  const fields = [set, add, remove].flatMap((part) => Object.keys(part ?? {}));
  return deletes === undefined ? fields : ['deleted'];
}

function lay(shown: ServerRecord, change: Laid, isLog: (field: string) => boolean): void {
  const { fields } = shown;
  for (const [field, value] of Object.entries(change.set ?? {})) fields[field] = value;
  for (const [field, added] of Object.entries(change.add ?? {})) {
    const standing = elements(fields[field]);
    fields[field] = [...standing, ...(isLog(field) ? added : without(added, standing))];
  }
  for (const [field, removed] of Object.entries(change.remove ?? {}))
    if (!isLog(field)) fields[field] = without(elements(fields[field]), removed);
  // An edit made knowing of a deletion restores the record (protocol.md, "Deletion").
  shown.deleted = change.delete ?? false;
  const settled = change.delete === undefined ? Object.keys(change.set ?? {}) : ['deleted'];
  shown.contested = unseen(shown.contested, settled, change.seen);
  shown.overruled = unseen(shown.overruled, settled, change.seen);
}

function unseen(
  writes: Record<string, Contestant[]>,
  settled: string[],
  seen: number,
): Record<string, Contestant[]> {
  return Object.fromEntries(
    Object.entries(writes)
      .map(
        ([field, all]) =>
          [field, settled.includes(field) ? all.filter((write) => write.seq > seen) : all] as const,
      )
      .filter(([, left]) => left.length > 0),
  );
}

function blank({ record, kind, patient }: Laid): ServerRecord {
  const nothing = { deleted: false, fields: {}, contested: {}, overruled: {} };
  return { id: record, kind, patient, version: 0, ...nothing };
}

function elements(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

function without(list: Json[], taken: Json[]): Json[] {
  const gone = new Set(taken.map(canonical));
  return list.filter((element) => !gone.has(canonical(element)));
}
