/** Which plans and goals are under way, and how a goal is going. */
import type { Json, RecordShown } from '../../store/types';

const PLAN_ENDED = ['revoked', 'completed'];
const GOAL_ENDED = ['completed', 'cancelled', 'rejected'];

export function isActivePlan({ fields }: RecordShown): boolean {
  return !PLAN_ENDED.includes(String(fields.status));
}

export function isActiveGoal({ fields }: RecordShown): boolean {
  return !GOAL_ENDED.includes(String(fields.lifecycle_status));
}

/** The looks at one goal, oldest first; those found to be wrong are left out. */
export function progressOf(goal: string, progress: readonly RecordShown[]): RecordShown[] {
  return progress
    .filter(({ fields }) => fields.goal === goal && fields.status !== 'entered-in-error')
    .sort((a, b) => time(a.fields.effective) - time(b.fields.effective));
}

/** "400 m", "70–80 kg", "at most 7 %": the target that is to be reached; null where it is not a number. */
export function targetOf({
  fields,
}: RecordShown): { low: number | null; high: number | null } | null {
  const [low, high] = [numberOrNull(fields.target_low), numberOrNull(fields.target_high)];
  return low === null && high === null ? null : { low, high };
}

function numberOrNull(value: Json | undefined): number | null {
  return typeof value === 'number' ? value : null;
}

export function time(value: Json | undefined): number {
  return typeof value === 'string' ? Date.parse(value) || 0 : 0;
}

/** How an achievement status reads: good, to be looked after, or neither. */
export function achievementTone(status: string): 'good' | 'late' | 'neutral' {
  if (status === 'achieved' || status === 'improving') return 'good';
  return status === 'worsening' || status === 'not-achieved' ? 'late' : 'neutral';
}
