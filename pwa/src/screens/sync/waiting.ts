/** Which charts hold work that is not sent yet, and how much of it the lists can see. */
import type { Index } from '../../state/index.svelte';

type Rows = Pick<Index, 'patients' | 'appointments' | 'visits' | 'tasks'>;

export function patientsWaiting({ patients, appointments, visits, tasks }: Rows): string[] {
  const rows = [...patients, ...appointments, ...visits, ...tasks].filter(({ unsent }) => unsent);
  return [...new Set(rows.map(({ patient }) => patient))];
}
