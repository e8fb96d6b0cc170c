import { expect, test } from 'vitest';
import {
  dueDate,
  groupOf,
  grouped,
  isMine,
  isOpen,
  isUrgent,
} from '../../../../pwa/src/screens/tasks/due';
import { dueText } from '../../../../pwa/src/screens/tasks/due-text';
import { ME, taskRow } from '../rows';

const TODAY = '2026-11-21';
const due = (id: string, date: string | null, priority = 'routine') =>
  taskRow(id, { due: date, priority });

test.each([
  ['2026-11-20', 'overdue'],
  ['2026-11-21', 'today'],
  ['2026-11-22', 'week'],
  ['2026-11-28', 'week'],
  ['2026-11-29', 'later'],
  [null, 'undated'],
])('due %s is %s', (date, group) => expect(groupOf(due('t', date), TODAY)).toBe(group));

test('groups come in order of need, tasks by their day, on one day the more urgent first', () => {
  const tasks = [
    due('later', '2027-01-01'),
    due('undated', null),
    due('calm', '2026-11-20'),
    due('urgent', '2026-11-20', 'urgent'),
    due('older', '2026-11-01'),
  ];
  const shown = grouped(tasks, TODAY).map(({ group, tasks }) => [group, tasks.map(({ id }) => id)]);
  expect(shown).toEqual([
    ['overdue', ['older', 'urgent', 'calm']],
    ['later', ['later']],
    ['undated', ['undated']],
  ]);
});

test.each(['completed', 'failed', 'cancelled', 'rejected'])('a %s task is closed', (status) => {
  expect(isOpen(taskRow('t', { status }))).toBe(false);
});

test.each(['requested', 'in-progress', 'on-hold', null])('a task that is %s is open', (status) => {
  expect(isOpen(taskRow('t', { status }))).toBe(true);
});

test('a task is mine when I own it, urgent when somebody said so', () => {
  expect(isMine(taskRow('t'), ME)).toBe(true);
  expect(isMine(taskRow('t', { owner: null }), ME)).toBe(false);
  expect(isUrgent(taskRow('t', { priority: null }))).toBe(false);
  expect(isUrgent(taskRow('t', { priority: 'asap' }))).toBe(true);
});

test('a due time counts by its day; what is no date is no due day', () => {
  expect(dueDate('2026-11-21T10:00:00Z')).toBe('2026-11-21');
  expect(dueDate('soon')).toBeNull();
  expect(dueDate(null)).toBeNull();
});

test('near days are told by their distance, far ones by their date', () => {
  expect(dueText(due('t', '2026-11-20'), TODAY)).toEqual({
    text: 'Due yesterday',
    late: true,
  });
  expect(dueText(due('t', '2026-11-21'), TODAY)).toEqual({
    text: 'Due today',
    late: false,
  });
  expect(dueText(due('t', '2026-12-24'), TODAY)).toEqual({
    text: 'Due Dec 24',
    late: false,
  });
  expect(dueText(due('t', null), TODAY)).toBeNull();
});
