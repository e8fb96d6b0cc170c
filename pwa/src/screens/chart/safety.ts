/** What must not be missed in a chart, whatever part of it is open. */
import type { RecordShown } from '../../store/types';
import { alertsOf, type Alert } from '../alerts';

export interface Safety {
  /** Substances, the gravest first; the contested ones with every name that is claimed. */
  allergies: string[];
  /** With no allergy in the chart: whether somebody stated that there is none. */
  noneStated: boolean;
  alerts: Alert[];
}

interface Shown {
  patient: RecordShown | null;
  of: (kind: string) => RecordShown[];
}

export function safetyOf(chart: Shown): Safety {
  const allergies = standingAllergies(chart).map(substance);
  return {
    allergies,
    noneStated: allergies.length === 0 && chart.patient?.fields.no_known_allergies === 'stated',
    alerts: alertsOf(chart.patient?.fields.alerts),
  };
}

/** The gravest first. */
export function standingAllergies(chart: Pick<Shown, 'of'>): RecordShown[] {
  return chart
    .of('allergy')
    .filter(isStanding)
    .sort((a, b) => Number(isGrave(b)) - Number(isGrave(a)));
}

/** Left out only when somebody has said that it is over or was wrong, and nobody contests that. */
export function isStanding({ fields, contested }: RecordShown): boolean {
  const isOver = ['inactive', 'resolved'].includes(String(fields.clinical_status));
  const isWrong = ['refuted', 'entered-in-error'].includes(String(fields.verification_status));
  return (
    (!isOver && !isWrong) || 'clinical_status' in contested || 'verification_status' in contested
  );
}

export function isGrave({ fields }: RecordShown): boolean {
  return fields.criticality === 'high';
}

function substance({ fields, contested }: RecordShown): string {
  const claimed = contested.substance?.map(({ value }) => String(value)) ?? [];
  return claimed.length ? [...new Set(claimed)].join(' / ') : String(fields.substance ?? '');
}
