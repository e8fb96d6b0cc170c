/**
 * Charts that were opened on this phone, kept sealed until the server has noted them in its access log: reads made
 * offline are told with the next sync.
 */
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
  return Promise.all(sealed.map((one, nth) => store.seal.unseal<Read>(places[nth]!, one)));
}
