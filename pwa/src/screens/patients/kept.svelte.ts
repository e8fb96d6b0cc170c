/** What is searched and filtered in Patients. It stays while the app is open: back from a chart, the list is as it was. */
import { SvelteSet } from 'svelte/reactivity';
import type { Filter } from './caseload';

class Kept {
  query: string = $state('');
  readonly filters = new SvelteSet<Filter>();

  toggle(filter: Filter): void {
    if (!this.filters.delete(filter)) this.filters.add(filter);
  }

  begin(filter: Filter): void {
    this.clear();
    this.filters.add(filter);
  }

  clear(): void {
    this.query = '';
    this.filters.clear();
  }
}

export const kept = new Kept();
