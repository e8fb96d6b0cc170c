/** Moments and days as the office's screens say them. */
import { formatAgo, formatDate, t } from '../../words';
import { now } from '../clock.svelte';

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

/** A day that comes as a date or as a moment. */
export function dayText(day: number | string): string {
  if (typeof day === 'number') return formatDate(new Date(day).toISOString().slice(0, 10));
  return formatDate(day);
}
