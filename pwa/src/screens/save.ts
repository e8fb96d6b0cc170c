/** Keeps edits and says so when the phone could not: a full store is told at once, and nothing is half kept. */
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
    if (!(error instanceof StoreFull)) throw error;
    toast(t('shell.store_full'));
    return false;
  }
}
