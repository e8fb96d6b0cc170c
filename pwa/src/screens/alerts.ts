/** What a person must know before they knock: the alerts of a patient, the gravest first. */
import type { Json } from '../store/types';

export interface Alert {
  text: string;
  category: string | null;
  isHigh: boolean;
}

const GRAVITY = ['high', 'medium', 'low'];

export function alertsOf(alerts: Json | undefined): Alert[] {
  if (!Array.isArray(alerts)) return [];
  return alerts
    .flatMap((alert) => {
      if (alert === null || typeof alert !== 'object' || Array.isArray(alert)) return [];
      const { text, category, severity } = alert;
      if (typeof text !== 'string') return [];
      const grave = GRAVITY.indexOf(String(severity));
      return [{ text, category: typeof category === 'string' ? category : null, grave }];
    })
    .sort((a, b) => rank(a.grave) - rank(b.grave))
    .map(({ text, category, grave }) => ({ text, category, isHigh: grave === 0 }));
}

/** An alert without a severity stands between a medium one and a low one. */
function rank(grave: number): number {
  return grave === -1 ? 1.5 : grave;
}
