/** When a task is due, in words: near days by their distance, far ones by their date. */
import type { TaskRow } from '../../store/types';
import { formatDaysFrom, formatNearDate, t } from '../../words';
import { daysBetween } from '../days';
import { dueDate } from './due';

export function dueText(task: TaskRow, today: string): { text: string; late: boolean } | null {
  const due = dueDate(task.due);
  if (due === null) return null;
  const days = daysBetween(today, due);
  const when = Math.abs(days) <= 7 ? formatDaysFrom(today, due) : formatNearDate(due, today);
  return { text: t('tasks.due', { when }), late: days < 0 };
}
