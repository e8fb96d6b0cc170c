/** Where the contested fields of a chart are settled. */
import { hrefOf } from '../../state/router.svelte';

export function reviewHref(patient: string): string {
  return `${hrefOf('review')}?patient=${encodeURIComponent(patient)}`;
}
