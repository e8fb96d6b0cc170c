/** Where contested fields are settled: all of a chart, or one. */
import { hrefOf } from '../../state/router.svelte';
import type { RecordShown } from '../../store/types';

export function reviewHref(patient: string): string {
  return `${hrefOf('review')}?patient=${encodeURIComponent(patient)}`;
}

export function decideHref({ id, patient }: RecordShown, field: string): string {
  return hrefOf('review', patient ?? 'library', id, field);
}
