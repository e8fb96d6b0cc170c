/** The steps of a visit in the order in which they are led, and how much of each is recorded. */
import { isBlank } from '../../fields/equal';
import type { RecordShown } from '../../store/types';
import { foundByMedication } from './medications';
import { answersBy } from './safety-check';

export const STEPS = [
  'start',
  'vitals',
  'medications',
  'goals',
  'needs',
  'tasks',
  'note',
  'next',
  'sign',
] as const;
export type Step = (typeof STEPS)[number];

export const SECTIONS = ['note_how', 'note_done', 'note_concerns'] as const;

export function isStep(name: unknown): name is Step {
  return STEPS.some((step) => step === name);
}

export function stepAfter(step: Step): Step | null {
  return STEPS[STEPS.indexOf(step) + 1] ?? null;
}

export function stepBefore(step: Step): Step | null {
  return STEPS[STEPS.indexOf(step) - 1] ?? null;
}

interface Told {
  visit: RecordShown;
  /** Records of the chart made during this visit, by kind. */
  made: (kind: string) => readonly RecordShown[];
}

/** How many things a step has recorded. Nothing is asked for: a step may rightly stay empty. */
export function recordedIn(step: Step, { visit, made }: Told): number {
  const { fields } = visit;
  switch (step) {
    case 'start':
      return (
        countOf(fields.present) +
        [...answersBy(fields.safety_check).values()].filter((said) => said !== 'not-checked').length
      );
    case 'vitals':
      return made('observation').length;
    case 'medications':
      return foundByMedication(fields.medications_seen).size;
    case 'goals':
      return made('goal_progress').length;
    case 'needs':
      return countOf(fields.problems_discussed);
    case 'tasks':
      return countOf(fields.tasks_done);
    case 'note':
      return [...SECTIONS, 'plain_summary'].filter((name) => !isBlank(fields[name])).length;
    case 'next':
      return countOf(fields.next_steps);
    case 'sign':
      return countOf(fields.signature);
  }
}

/** What a person should know before finishing: none of it keeps them from it. */
export type Missing = 'note' | 'signature';

export function missingIn({ fields }: RecordShown): Missing[] {
  const missing: Missing[] = [];
  if (SECTIONS.every((name) => isBlank(fields[name]))) missing.push('note');
  if (!countOf(fields.signature)) missing.push('signature');
  return missing;
}

function countOf(list: unknown): number {
  return Array.isArray(list) ? list.length : 0;
}
