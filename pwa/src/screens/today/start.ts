/** Where the visit of a stop is led: the one that was begun, else the start of one for this appointment. */
import { hrefOf } from '../../state/router.svelte';
import type { Stop } from './day';

export function visitHref({
  visit,
  appointment,
  patient,
}: Pick<Stop, 'visit' | 'appointment' | 'patient'>): string {
  if (visit) return hrefOf('visits', visit.id);
  const query = new URLSearchParams({
    patient: patient.id,
    ...(appointment && { appointment: appointment.id }),
  });
  return `${hrefOf('visits', 'new')}?${query}`;
}
