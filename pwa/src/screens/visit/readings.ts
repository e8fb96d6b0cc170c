/** The measurements of a chart as a visit needs them: what was read last, in which unit, and how a new one is made. */
import type { Edit, RecordShown } from '../../store/types';
import type { VisitRun } from './run.svelte';
import { usualUnit, type Reading, type Unit, type Vital } from './vitals';

/** Readings of this vital, newest first, without those taken back. */
export function readingsOf(vital: Vital, observations: readonly RecordShown[]): RecordShown[] {
  const at = ({ fields }: RecordShown): number => Date.parse(String(fields.effective)) || 0;
  return observations
    .filter(({ fields }) => fields.code === vital.code && fields.status !== 'entered-in-error')
    .sort((a, b) => at(b) - at(a));
}

/** The unit that was used for this person last, else the one that the country uses. */
export function unitFor(
  vital: Vital,
  readings: readonly RecordShown[],
  region: string | undefined,
): Unit {
  const last = readings[0]?.fields.unit;
  return vital.units.find(({ ucum }) => ucum === last) ?? usualUnit(vital, region);
}

export function readingEdit(run: VisitRun, vital: Vital, unit: Unit, reading: Reading): Edit {
  return run.creation('observation', {
    code: vital.code,
    effective: run.now(),
    value: reading.value ?? null,
    systolic: reading.systolic ?? null,
    diastolic: reading.diastolic ?? null,
    unit: unit.ucum,
    category: vital.key === 'pain' ? 'survey' : 'vital-signs',
    method: vital.key === 'pain' ? 'patient-said' : 'measured',
    performer: run.me,
    visit: run.id,
    status: 'final',
  });
}
