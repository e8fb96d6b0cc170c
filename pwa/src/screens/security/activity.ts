/** What was done to a member's account, in words, and what of it they should look at. */
import type { Activity } from '../../state/types';
import { label, t } from '../../words';

/** Everything that server/me.py tells. */
export const KNOWN = [
  'sign_in',
  'invited',
  'recovered',
  'passkey_added',
  'passkey_removed',
  'passkey_cloned',
  'escrow_release',
  'device_enrolled',
  'device_revoked',
  'token_created',
  'token_revoked',
] as const;

const DAY = 86_400_000;
/** As long as a person may be away from the app and still should hear of it. */
const NEWS = 30 * DAY;

/** What a newer server tells and this app does not know is shown by its name, made readable. */
export function activityText(what: string): string {
  const known = KNOWN.find((one) => one === what);
  return known ? t(`security.did_${known}`) : label('activity', what);
}

/** Who did it where that was somebody else, on which phone or by which passkey. */
export function activityDetail({ by, by_name, device_name, detail }: Activity, me: string): string {
  const other = by !== null && by !== me ? by_name : null;
  return [other && t('security.by', { name: other }), detail, device_name]
    .filter((part, nth, parts) => part && parts.indexOf(part) === nth)
    .join(' · ');
}

/** What somebody would want to know of who did not do it. */
export function isGrave(what: string): boolean {
  return ['recovered', 'escrow_release', 'passkey_cloned'].includes(what);
}

/** The last time that sealed work was opened again by way of the office, while that is news. */
export function lastRelease(activity: readonly Activity[], now: number): Activity | null {
  return activity.find(({ what, at }) => what === 'escrow_release' && now - at < NEWS) ?? null;
}
