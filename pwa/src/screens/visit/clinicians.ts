/** Whom to call about a reading that worries: the clinicians of the care team, and those on staff. */
import type { App } from '../../state/app.svelte';
import type { Chart } from '../../state/chart.svelte';
import { nameOfRecord } from '../../fields/names';
import { telephoneOf } from '../chart/contacts';

export interface Callable {
  id: string;
  name: string;
  telephone: string;
}

const CLINICAL = new Set(['primary-care', 'nurse', 'specialist']);
const MOST = 3;

export function cliniciansOf(chart: Chart, app: App): Callable[] {
  const team = chart
    .of('care_team_member')
    .filter(({ fields }) => fields.status !== 'inactive' && CLINICAL.has(String(fields.role)));
  const found = team.flatMap((one): Callable[] => {
    const card = typeof one.fields.member === 'string' ? app.member(one.fields.member) : null;
    const telephone = telephoneOf(one.fields.telecom) ?? card?.fields.telephone;
    return typeof telephone === 'string' && telephone
      ? [{ id: one.id, name: nameOfRecord(one), telephone }]
      : [];
  });
  return found.slice(0, MOST);
}
