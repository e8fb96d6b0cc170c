/** Keeps edits and says so when the phone could not, a full store or whatever it was: nothing is half kept. */
import { toast } from '../parts/toasts.svelte';
import type { App } from '../state/app.svelte';
import { StoreFull } from '../store/database';
import type { Edit } from '../store/types';
import { t } from '../words';

/** True when the edits are durably kept. */
export async function saveOrTell(app: Pick<App, 'save'>, edits: Edit[]): Promise<boolean> {
  try {
    await app.save(edits);
    return true;
  } catch (error) {
    const isFull = error instanceof StoreFull;
    toast(t(isFull ? 'shell.store_full' : 'shell.not_saved'));
    if (!isFull) throw error;
    return false;
  }
}
