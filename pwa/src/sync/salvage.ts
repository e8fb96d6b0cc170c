/**
 * Offers a restored server the records that stand here as it lost them: each that has a number of the lost span
 * (protocol.md, "A restored server"). A supervisor looks at them. Offered twice, they are kept once.
 */
import { listShelves, tryShelf } from '../store/charts';
import type { Follow } from '../store/database';
import type { Store } from '../store/store';
import type { ServerRecord } from '../store/types';
import type { NoAnswer } from './client';
import { fitting, MOST_CHANGES } from './outbox';
import type { TakingBack } from './take-back';

/** Null once all are offered. */
export async function salvage(round: TakingBack, follow: Follow): Promise<NoAnswer | null> {
  const { store, client, lang } = round;
  const lost = await findLost(store, follow);
  let most = MOST_CHANGES;
  let done = 0;
  while (done < lost.length) {
    round.followed(done, lost.length);
    const records = fitting(lost.slice(done, done + most));
    const { device, secret } = store.memory.account;
    const reply = await client.call('/api/salvage', () => true, {
      body: { device, epoch: follow.epoch, records },
      secret,
      lang,
    });
    if ('answer' in reply) done += records.length;
    else if (reply.status === 413 && records.length > 1) most = Math.ceil(records.length / 4);
    // One that is too large by itself cannot be offered.
    else if (reply.status === 413) done += 1;
    else {
      const failed = await round.mend(reply);
      if (failed) return failed;
    }
  }
  return null;
}

async function findLost(store: Store, { head, start }: Follow): Promise<ServerRecord[]> {
  const lost: ServerRecord[] = [];
  for (const shelf of await listShelves(store.db))
    for (const record of (await tryShelf(store.db, store.seal, shelf)) ?? [])
      if (head < record.version && record.version < start) lost.push(record);
  return lost;
}
