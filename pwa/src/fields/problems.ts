/** The sentence that says what is wrong with a field. */
import { formatNumber, t } from '../words';
import type { Problem } from './check';
import type { FieldWords } from './words';

export function sentenceOf(problem: Problem, words: FieldWords): string {
  const part = problem.part ? words.part(problem.part).label : words.label;
  return t(`fields.problem_${problem.code}`, {
    field: part,
    limit: formatNumber(problem.limit ?? 0),
  });
}
