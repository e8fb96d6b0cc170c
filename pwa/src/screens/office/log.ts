/** The access log in words: what was done, and the filter that an address names. */
import { label, t, type Key } from '../../words';
import type { LogFilter } from './asking';

/** Everything that server/access_log.py may note. */
export const KNOWN = [
  'chart',
  'history',
  'summary',
  'access_report',
  'program',
  'search',
  'office_access',
  'office_refusals',
  'office_openings',
  'office_records',
  'office_retention',
  'office_salvage',
  'export',
  'opening',
  'refusal_accepted',
  'refusal_dismissed',
  'salvage_taken_in',
  'salvage_dismissed',
  'restore_ended',
  'invited',
  'recovered',
  'sign_in',
  'passkey_added',
  'passkey_removed',
  'passkey_cloned',
  'escrow_release',
  'device_enrolled',
  'device_revoked',
  'device_erased',
  'member_added',
  'member_left',
  'token_created',
  'token_revoked',
  'purge_approved',
  'purge_withdrawn',
  'legal_hold',
  'legal_hold_released',
  'purged',
  'restored',
] as const;

/** What a newer server notes and this app does not know is shown by its name, made readable. */
export function whatText(what: string): string {
  const known = KNOWN.find((one) => one === what);
  return known ? t(`office.what_${known}` satisfies Key) : label('access_log', 'what', what);
}

/** Beside these stand a person's own words; beside all else, which phone or passkey it was. */
export function isReasoned(what: string): boolean {
  return ['opening', 'legal_hold', 'purged'].includes(what);
}

/** Entries that say more than a reading of a chart that somebody holds: what a supervisor looks for. */
export function isNotable(what: string): boolean {
  return ['opening', 'escrow_release', 'recovered', 'passkey_cloned', 'export', 'purged'].includes(
    what,
  );
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;

export function filterOf(query: URLSearchParams): LogFilter {
  const day = (name: string) => {
    const said = query.get(name) ?? '';
    return DAY.test(said) ? said : null;
  };
  return {
    member: query.get('member') || null,
    patient: query.get('patient') || null,
    from: day('from'),
    to: day('to'),
  };
}

export function isFiltered(filter: LogFilter): boolean {
  return Object.values(filter).some((part) => part !== null);
}
