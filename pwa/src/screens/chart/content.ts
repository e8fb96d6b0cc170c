/** What every part of a chart is given. */
import type { Chart } from '../../state/chart.svelte';
import type { RecordShown } from '../../store/types';

export interface ContentProps {
  chart: Chart;
  /** The patient record itself. */
  patient: RecordShown;
}
