/**
 * A pull from nothing: where copies on this phone were found damaged, all is asked for once more, and when it has come,
 * charts that it did not bring are forgotten, since nobody would name them.
 */
import type { Anew } from '../store/database';
import { madeAt } from '../store/journal';
import type { Store } from '../store/store';
import type { Shelf } from '../store/charts';

export function beginAnew(store: Store): Promise<void> {
  return store.write(async (step, memory) => {
    const { epoch, anew } = memory.progress;
    const damaged = [...new Set([...(anew?.damaged ?? []), ...memory.damaged])];
    const progress = {
      epoch,
      cursor: null,
      anew: { made: madeAt(memory.progress), brought: [], damaged },
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
