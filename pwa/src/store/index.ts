/**
 * The index: one sealed blob that opens first and holds what Today, Patients, Tasks and Review list, so that nothing
 * else is opened before a chart is.
 */
import type { Summary } from './types';

/** Raised whenever `summarise` says more: an older index is then made anew from the charts. */
const FORMAT = 1;

export const INDEX = 'index';

export interface SealedIndex {
  format: number;
  summaries: Record<string, Summary>;
}

export function indexOf(summaries: ReadonlyMap<string, Summary>): SealedIndex {
  return { format: FORMAT, summaries: Object.fromEntries(summaries) };
}

/** The summaries by patient; null where they must be made anew. */
export function summariesOf(index: SealedIndex | null): Map<string, Summary> | null {
  return index?.format === FORMAT ? new Map(Object.entries(index.summaries)) : null;
}
