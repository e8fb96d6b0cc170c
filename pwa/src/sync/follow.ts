/**
 * Follows a server that was restored from a backup (protocol.md, "A restored server"), in stages that are on the disk
 * before the next begins, so that it may be cut off at any line and goes on:
 *
 *   another epoch --> offering --> salvaging --> pulling --> followed
 *                        ^------ another epoch in the middle ------'
 *
 * Until the pull is complete all that was here stays as it is shown; it then takes its place whole (shelve.ts).
 */
import { shelfOf, type Shelf } from '../store/charts';
import type { Follow } from '../store/database';
import { isLaid } from '../store/journal';
import type { Ledger } from '../store/ledger';
import type { Step } from '../store/step';
import type { Store } from '../store/store';
import { isRemembered, rememberBrought } from './anew';
import type { NoAnswer } from './client';
import { salvage } from './salvage';
import { takeBack, type TakingBack } from './take-back';

/**
 * Takes note of another epoch. Where one is being followed already, what is here may still be of any before it: the lost
 * numbers are then those since the least head.
 */
export function beginFollow(
  store: Store,
  { epoch, head, start }: Pick<Follow, 'epoch' | 'head' | 'start'>,
): Promise<void> {
  return store.write(async (step, memory) => {
    const least = Math.min(head, memory.follow?.head ?? head);
    const follow: Follow = { epoch, head: least, start, stage: 'offering', offered: null };
    step.plain('follow', follow);
    return { memory: { ...memory, follow }, shelves: [], result: undefined };
  });
}

/** Up to where the pull can begin, or go on: then null. Otherwise why not. */
export async function follow(round: TakingBack): Promise<NoAnswer | null> {
  const { store } = round;
  if (store.memory.follow?.stage === 'offering') {
    const failed = await takeBack(round);
    if (failed) return failed;
    await turn(store, 'salvaging');
  }
  if (store.memory.follow?.stage === 'salvaging') {
    const failed = await salvage(round, store.memory.follow);
    if (failed) return failed;
    await beginPull(store);
  } else if (!(await isRemembered(store))) await beginPull(store);
  return null;
}

/** In the step that completes the pull. What was typed meanwhile was made in the epoch before, and is taken back. */
export function endFollow(step: Step, ledger: Ledger): { follow: null; shelves: Shelf[] } {
  const shelves: Shelf[] = [];
  for (const { covered, ...entry } of ledger.all()) {
    if (entry.state === 'laid') continue;
    ledger.put({ ...entry, takeBack: true });
    if (covered && isLaid(entry)) shelves.push(shelfOf(entry.change!));
  }
  step.plain('follow', null);
  return { follow: null, shelves };
}

function turn(store: Store, stage: Follow['stage']): Promise<void> {
  return store.write(async (step, memory) => {
    const follow = { ...memory.follow!, stage };
    step.plain('follow', follow);
    return { memory: { ...memory, follow }, shelves: [], result: undefined };
  });
}

/** From nothing, in the new epoch. */
function beginPull(store: Store): Promise<void> {
  return store.write(async (step, memory) => {
    const follow: Follow = { ...memory.follow!, stage: 'pulling' };
    const damaged = [...memory.damaged];
    const anew = { made: null, brought: [], damaged, whole: true as const };
    const progress = { epoch: follow.epoch, cursor: null, anew };
    step.plain('follow', follow);
    step.plain('progress', progress);
    await rememberBrought(step, null);
    return { memory: { ...memory, follow, progress }, shelves: [], result: undefined };
  });
}
