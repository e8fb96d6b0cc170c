/** Where the summary of a visit finds what it says: the open chart and the cards of staff. */
import type { App } from '../../state/app.svelte';
import type { Chart } from '../../state/chart.svelte';
import type { RecordShown } from '../../store/types';
import { bestLanguage, language, type Language } from '../../words';
import type { SummarySource } from './content';

export function sourceOf(app: App, chart: Chart, visit: RecordShown): SummarySource {
  return {
    visit,
    patient: chart.patient,
    of: (kind) => chart.of(kind),
    get: (id) => chart.get(id),
    member: (id) => app.member(id),
    organisation: app.me?.organisation_name ?? '',
  };
}

/** The patient's own language where the app speaks it, else the screen's. */
export function readerLanguage(chart: Chart): Language {
  const spoken = chart.patient?.fields.language;
  return bestLanguage([...(typeof spoken === 'string' ? [spoken] : []), language()]);
}
