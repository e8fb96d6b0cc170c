/** Moments and days as the office's screens say them. */
import { formatAgo, formatDate, t } from '../../words';
import { dayOf, now } from '../clock.svelte';

/** How long ago a phone, or any phone of a person, was last heard of. */
export function contactText({ last_contact }: { last_contact: number | null }): string {
  return last_contact === null ? t('office.no_contact') : formatAgo(last_contact, now());
}

/** The same as a part of a sentence or a row. */
export function heardText(of: { last_contact: number | null }): string {
  return of.last_contact === null
    ? t('office.no_contact')
    : t('office.heard', { ago: contactText(of) });
}

/** The day of a moment, where this phone is. */
export function dayText(at: number): string {
  return formatDate(dayOf(at));
}
