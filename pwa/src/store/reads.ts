/**
 * Charts that were opened on this phone, kept sealed until the server has noted them in its access log: reads made
 * offline are told with the next sync.
 */
import { Unreadable } from './seal';
import { rangeUnder } from './step';
import type { Store } from './store';

export interface Read {
  id: string;
  patient: string;
  at: number;
  what: 'chart';
}

/** At most this many go with one request. */
const MOST = 500;

export const readPlace = (id: string) => `read/${id}`;

export function noteRead(store: Store, read: Read): Promise<void> {
  return store.keep((step) => step.put(readPlace(read.id), read));
}

/** The oldest that the server has not yet been told. */
export async function untoldReads(store: Store): Promise<Read[]> {
  const range = rangeUnder('read/');
  const [places, sealed] = await Promise.all([
    store.db.getAllKeys('sealed', range, MOST),
    store.db.getAll('sealed', range, MOST),
  ]);
  const reads = await Promise.all(sealed.map((one, nth) => readOne(store, places[nth]!, one)));
  return reads.filter((read) => read !== null);
}

/** One that cannot be read cannot be told; it must not hold back the others. */
async function readOne(store: Store, place: string, sealed: ArrayBuffer): Promise<Read | null> {
  try {
    return await store.seal.unseal<Read>(place, sealed);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    await store.keep((step) => step.erase(place));
    return null;
  }
}
