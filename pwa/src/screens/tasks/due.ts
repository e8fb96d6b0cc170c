/** Which tasks are open, whose they are, and when they are due. */
import type { Json, TaskRow } from '../../store/types';
import { addDays } from '../days';

export const GROUPS = ['overdue', 'today', 'week', 'later', 'undated'] as const;
export type Group = (typeof GROUPS)[number];

const CLOSED = ['completed', 'failed', 'cancelled', 'rejected'];
const URGENCY = ['stat', 'asap', 'urgent', 'routine'];

export function isOpen({ status }: TaskRow): boolean {
  return !CLOSED.includes(status ?? '');
}

export function isMine({ owner }: TaskRow, member: string): boolean {
  return owner === member;
}

/** `due` as a date; the catalogue says date, and a time after it is not looked at. */
export function dueDate(due: Json): string | null {
  return typeof due === 'string' && /^\d{4}-\d{2}-\d{2}/.test(due) ? due.slice(0, 10) : null;
}

export function groupOf(task: TaskRow, today: string): Group {
  const due = dueDate(task.due);
  if (due === null) return 'undated';
  if (due < today) return 'overdue';
  if (due === today) return 'today';
  return due <= addDays(today, 7) ? 'week' : 'later';
}

/** In groups, earliest first; on one day the more urgent first. Empty groups are left out. */
export function grouped(
  tasks: readonly TaskRow[],
  today: string,
): { group: Group; tasks: TaskRow[] }[] {
  const byGroup = Map.groupBy([...tasks].sort(byDue), (task) => groupOf(task, today));
  return GROUPS.flatMap((group) => {
    const members = byGroup.get(group);
    return members ? [{ group, tasks: members }] : [];
  });
}

export function isUrgent({ priority }: TaskRow): boolean {
  return priority !== null && priority !== 'routine';
}

function byDue(a: TaskRow, b: TaskRow): number {
  const [one, other] = [dueDate(a.due) ?? '9999', dueDate(b.due) ?? '9999'];
  if (one !== other) return one < other ? -1 : 1;
  const urgency =
    URGENCY.indexOf(a.priority ?? 'routine') - URGENCY.indexOf(b.priority ?? 'routine');
  return urgency || (a.id < b.id ? -1 : 1);
}
