/**
 * A pull from nothing: where copies on this phone were found damaged, or are of an epoch that has ended, all is asked for
 * once more, and when it has come, charts that it did not bring are forgotten, since nobody would name them. Of an epoch
 * that has ended nothing is left that it did not bring; until then what was here stays, so that no chart is half there.
 */
import type { Anew } from '../store/database';
import { madeAt } from '../store/journal';
import type { Store } from '../store/store';
import type { Shelf } from '../store/charts';
import { Unreadable } from '../store/seal';
import type { Step } from '../store/step';

/** Which records have come, while a pull is to leave no other. */
const BROUGHT = 'brought';

export function beginAnew(store: Store): Promise<void> {
  return store.write(async (step, memory) => {
    const { epoch, anew } = memory.progress;
    const damaged = [...new Set([...(anew?.damaged ?? []), ...memory.damaged])];
    const whole = anew?.whole ? { whole: anew.whole } : {};
    const progress = {
      epoch,
      cursor: null,
      anew: { made: madeAt(memory.progress), brought: [], damaged, ...whole },
    };
    step.plain('progress', progress);
    return { memory: { ...memory, progress }, shelves: [], result: undefined };
  });
}

/** Damaged copies that the pull under way does not know of. */
export function hasNewDamage({
  damaged,
  progress,
}: {
  damaged: ReadonlySet<Shelf>;
  progress: { anew?: Anew };
}): boolean {
  return [...damaged].some((shelf) => !progress.anew?.damaged.includes(shelf));
}

/** What came replaces a damaged copy whole: what is there of it cannot be added to. */
export function isReplaced(anew: Anew | undefined, shelf: Shelf): boolean {
  return anew !== undefined && anew.damaged.includes(shelf) && !anew.brought.includes(shelf);
}

/** Ids of the records that a pull of another epoch has brought so far. */
export async function recallBrought(store: Store): Promise<Set<string>> {
  const sealed = await store.db.get('sealed', BROUGHT);
  return new Set(sealed ? await store.seal.unseal<string[]>(BROUGHT, sealed) : []);
}

export async function rememberBrought(step: Step, ids: ReadonlySet<string> | null): Promise<void> {
  if (ids) await step.put(BROUGHT, [...ids]);
  else step.erase(BROUGHT);
}

/** Whether a pull of another epoch can go on: what it has brought is known. */
export async function isRemembered(store: Store): Promise<boolean> {
  try {
    await recallBrought(store);
    return true;
  } catch (error) {
    if (error instanceof Unreadable) return false;
    throw error;
  }
}
