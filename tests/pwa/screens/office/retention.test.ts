import { expect, test } from 'vitest';
import type { DueChart } from '../../../../pwa/src/screens/office/answers';
import { hasApproved, sorted } from '../../../../pwa/src/screens/office/retention';
import type { Me } from '../../../../pwa/src/store/types';

const chart = (patient: string, approvers: string[], hold = false): DueChart => ({
  patient,
  patient_name: null,
  last_activity: 0,
  ended: 0,
  due_since: 0,
  due: true,
  hold: hold ? { reason: 'Case 7', at: 0 } : null,
  approvals: approvers.map((member) => ({ member, member_name: member, at: 0 })),
});

test('a chart waits until two have agreed, and a hold outranks them', () => {
  const due = sorted([
    chart('none', []),
    chart('one', ['a']),
    chart('two', ['a', 'b']),
    chart('held', ['a', 'b'], true),
  ]);
  const ids = (charts: DueChart[]) => charts.map(({ patient }) => patient);
  expect([ids(due.waiting), ids(due.agreed), ids(due.held)]).toEqual([
    ['none', 'one'],
    ['two'],
    ['held'],
  ]);
});

test('an approval is somebody’s own', () => {
  expect(hasApproved({ member: 'a' } as Me, chart('p', ['a']))).toBe(true);
  expect(hasApproved({ member: 'b' } as Me, chart('p', ['a']))).toBe(false);
});
