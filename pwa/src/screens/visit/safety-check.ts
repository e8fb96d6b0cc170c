/** The look around the home: what was last said of each thing. The log only grows; the later answer counts. */
import type { Json } from '../../store/types';

export type Answer = 'fine' | 'concern' | 'not-checked';

export function answersBy(log: Json | undefined): Map<string, Answer> {
  const said = (Array.isArray(log) ? log : []).flatMap((entry): [string, Answer][] => {
    if (entry === null || typeof entry !== 'object' || Array.isArray(entry)) return [];
    const { item, answer } = entry;
    const known = answer === 'fine' || answer === 'concern' || answer === 'not-checked';
    return typeof item === 'string' && known ? [[item, answer]] : [];
  });
  return new Map(said);
}
