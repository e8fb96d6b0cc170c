/**
 * What is being typed, in its one sealed place: overwritten at each pause, gone once it became a change, never sent.
 * A key begins with the patient (`library` where there is none), so that drafts leave the phone with their chart.
 */
import { Unreadable } from './seal';
import type { Store } from './store';

const placeOf = (key: string) => `draft/${key}`;

/** All drafts of a chart. */
export const draftsOf = (patient: string) => `draft/${patient}/`;

export async function getDraft<T>(store: Store, key: string): Promise<T | null> {
  const sealed = await store.db.get('sealed', placeOf(key));
  if (!sealed) return null;
  try {
    return await store.seal.unseal<T>(placeOf(key), sealed);
  } catch (error) {
    // A damaged draft must not keep its form from opening.
    if (error instanceof Unreadable) return null;
    throw error;
  }
}

export function putDraft(store: Store, key: string, value: unknown): Promise<void> {
  return store.keep((step) => step.put(placeOf(key), value));
}

export function clearDraft(store: Store, key: string): Promise<void> {
  return store.keep((step) => step.erase(placeOf(key)));
}
