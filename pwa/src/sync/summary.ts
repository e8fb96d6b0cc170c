/** Fetches the PDF of a visit. A server that is still making it is asked again for a while. */
import type { Trouble } from '../store/types';
import type { Client } from './client';
import type { Clock } from './schedule';

const TRIES = 20;
const PAUSE = 1_000;

export interface SummaryAsked {
  visit: string;
  lang: string;
  audience: string;
  secret: string;
}

export type SummaryFetched = { pdf: Blob } | { error: Trouble };

export async function fetchSummary(
  client: Client,
  clock: Pick<Clock, 'setTimeout'>,
  { visit, lang, audience, secret }: SummaryAsked,
): Promise<SummaryFetched> {
  const query = new URLSearchParams({ lang, audience });
  const path = `/api/visits/${encodeURIComponent(visit)}/summary.pdf?${query}`;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const reply = await client.bytes(path, 'application/pdf', { method: 'GET', secret, lang });
    if (!('answer' in reply)) return { error: reply.trouble };
    if (reply.answer !== 'waiting') return { pdf: reply.answer };
    await new Promise<void>((resolve) => clock.setTimeout(resolve, PAUSE));
  }
  return { error: 'offline' };
}
