/**
 * Takes over a store of the version before, whose key lay open beside it: everything is sealed anew under a new key
 * that only its member's ways open, and the old key goes, in one transaction.
 */
import { quiet, readPlain, putPlain, writeDurably, type Database } from './database';
import { entryPlace, type Row } from './journal';
import { makeKey, putWrap, wrapKey, type Shown } from './keys';
import { CLOCK, contactAt } from './lease';
import { Seal, Unreadable } from './seal';

/** The new key. Nothing else may have this store open. */
export async function takeOver(
  db: Database,
  member: string,
  old: CryptoKey,
  shown: Shown,
  now: number,
): Promise<CryptoKey> {
  const [key, from, to] = [await makeKey(), new Seal(), new Seal()];
  from.unlock(old);
  to.unlock(key);
  const again = (place: string, sealed: ArrayBuffer) => sealAgain(from, to, place, sealed);
  const [places, sealed, rows, contact] = await Promise.all([
    db.getAllKeys('sealed'),
    db.getAll('sealed'),
    db.getAll('journal'),
    readPlain(db, 'contact'),
  ]);
  const blobs = await Promise.all(sealed.map((one, nth) => again(places[nth]!, one)));
  const entries = await Promise.all(
    rows.map(async (row): Promise<Row> => ({
      ...row,
      sealed: await again(entryPlace(row), row.sealed),
    })),
  );
  const clock = await to.seal(CLOCK, contactAt(contact ?? now));
  const wrap = await wrapKey(member, key, shown);
  await writeDurably(db, (writing) => {
    quiet(writing.objectStore('keys').clear());
    putWrap(writing, wrap);
    const store = writing.objectStore('sealed');
    blobs.forEach((one, nth) => quiet(store.put(one, places[nth]!)));
    quiet(store.put(clock, CLOCK));
    for (const row of entries) quiet(writing.objectStore('journal').put(row));
    putPlain(writing, 'seals', blobs.length + entries.length + 1);
  });
  return key;
}

/** What was damaged stays as it is: unreadable, and told as such once the store is open. */
async function sealAgain(
  from: Seal,
  to: Seal,
  place: string,
  sealed: ArrayBuffer,
): Promise<ArrayBuffer> {
  try {
    return await to.sealBytes(place, await from.unsealBytes(place, sealed));
  } catch (error) {
    if (error instanceof Unreadable) return sealed;
    throw error;
  }
}
