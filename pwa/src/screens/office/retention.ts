/** Charts past their period, by what is to be done about each. */
import type { Me } from '../../store/types';
import type { DueChart } from './answers';

/** So many different people must agree before a chart is removed for good. */
export const NEEDED = 2;

export interface Due {
  waiting: DueChart[];
  /** Agreed by enough: removed when the administrator next runs the removal. */
  agreed: DueChart[];
  held: DueChart[];
}

export function sorted(charts: readonly DueChart[]): Due {
  const free = charts.filter(({ hold }) => hold === null);
  const isAgreed = ({ approvals }: DueChart) => approvals.length >= NEEDED;
  return {
    waiting: free.filter((chart) => !isAgreed(chart)),
    agreed: free.filter(isAgreed),
    held: charts.filter(({ hold }) => hold !== null),
  };
}

export function hasApproved(me: Me, { approvals }: DueChart): boolean {
  return approvals.some(({ member }) => member === me.member);
}
