/** Beginning a visit: one record, made when the coordinator says that they are at the door. */
import { datetimeAt } from '../../fields/times';
import type { App } from '../../state/app.svelte';

/** The visit of an appointment that was begun already, so that a second tap leads to the first visit. */
export function visitOf(app: App, appointment: string | null): string | null {
  if (!appointment) return null;
  const begun = app.index.visits.find(
    (row) => row.appointment === appointment && row.status !== 'cancelled',
  );
  return begun?.id ?? null;
}

/** Makes the visit and resolves to its id when it is durably kept. */
export async function beginVisit(
  app: App,
  patient: string,
  appointment: string | null,
): Promise<string> {
  const record = app.newId();
  const set = {
    member: app.me?.member ?? '',
    status: 'in-progress',
    actual_start: datetimeAt(Date.now()),
    ...(appointment && { appointment }),
  };
  await app.save([{ record, kind: 'visit', patient, seen: 0, set, add: { present: [patient] } }]);
  return record;
}
