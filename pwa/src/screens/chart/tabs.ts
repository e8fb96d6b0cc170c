/** The parts of a chart, in the order of a visit: who, what is agreed, what they take, how they are, what is missing. */
export const TABS = [
  'summary',
  'plan',
  'medications',
  'health',
  'needs',
  'people',
  'papers',
  'timeline',
] as const;

export type Tab = (typeof TABS)[number];

const TAB_OF: Record<string, Tab> = {
  care_plan: 'plan',
  goal: 'plan',
  goal_progress: 'plan',
  task: 'plan',
  medication: 'medications',
  condition: 'health',
  allergy: 'health',
  observation: 'health',
  need: 'needs',
  related_person: 'people',
  care_team_member: 'people',
  assignment: 'people',
  coverage: 'papers',
  consent: 'papers',
  appointment: 'timeline',
  visit: 'timeline',
};

/** Where a record of this kind stands in its chart. */
export function tabOf(kind: string): Tab {
  return TAB_OF[kind] ?? 'summary';
}
