/** Progress in two taps: one look at a goal during a visit. A second look in the same visit replaces the first. */
import type { Edit, RecordShown } from '../../store/types';
import type { VisitRun } from './run.svelte';

export const TRENDS = ['better', 'same', 'worse', 'reached'] as const;
export type Trend = (typeof TRENDS)[number];

/** What a trend says of the goal as a whole. */
const ACHIEVEMENT: Record<Trend, string> = {
  better: 'improving',
  same: 'no-change',
  worse: 'worsening',
  reached: 'achieved',
};

export interface Look {
  trend: Trend | null;
  value: number | null;
}

export function lookAt(goal: RecordShown, made: readonly RecordShown[]): RecordShown | null {
  return made.findLast(({ fields }) => fields.goal === goal.id) ?? null;
}

/** Measurements are facts, corrected beside and never over: the first look is marked as a mistake, not changed. */
export function lookEdits(run: VisitRun, goal: RecordShown, look: Look): Edit[] {
  const earlier = lookAt(goal, run.made('goal_progress'));
  const takenBack = earlier ? [run.editOf(earlier, { set: { status: 'entered-in-error' } })] : [];
  const progress = run.creation('goal_progress', {
    goal: goal.id,
    effective: run.now(),
    trend: look.trend,
    value: look.value,
    unit: look.value === null ? null : (goal.fields.target_unit ?? null),
    source: 'patient-said',
    recorder: run.me,
    visit: run.id,
    status: 'final',
  });
  const achievement = look.trend && ACHIEVEMENT[look.trend];
  const told = achievement && goal.fields.achievement_status !== achievement;
  return [
    ...takenBack,
    progress,
    ...(told ? [run.editOf(goal, { set: { achievement_status: achievement } })] : []),
  ];
}
