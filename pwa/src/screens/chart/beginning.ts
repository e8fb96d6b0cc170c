/** What a record that is added from a chart most likely says; its author can change all of it. */
import type { Json } from '../../store/types';

export function beginningOf(kind: string, me: string | null): Record<string, Json> {
  switch (kind) {
    case 'appointment':
      return { status: 'booked', member: me };
    case 'medication':
      return { status: 'active' };
    case 'allergy':
    case 'condition':
      return { clinical_status: 'active' };
    case 'goal':
      return { lifecycle_status: 'active' };
    case 'task':
      return { status: 'requested', owner: me };
    default:
      return {};
  }
}
