/**
 * The app: the one object that screens talk to. It holds reactive state and passes each act to the store or the
 * sync; it knows no rule of either. Made in main.ts, found in components by `useApp()`.
 *
 *   screen --save--> store (journal) --outbox--> sync --answer--> store --> index, charts --> screen
 */
import { v7 } from 'uuid';
import type { Edit, FileValue, RecordShown, Refused } from '../store/types';
import { Chart, Records } from './chart.svelte';
import { Index } from './index.svelte';
import type { Router } from './router.svelte';
import { Session } from './session.svelte';
import { Settings } from './settings.svelte';
import { SyncState } from './sync.svelte';
import type { JoinResult, SummaryAudience, SummaryResult } from './types';

export class App {
  readonly session = new Session();
  readonly index = new Index();
  readonly sync = new SyncState();
  readonly settings: Settings;
  /** Not accepted: refused changes, oldest first, until they are mended or let go. */
  refused: Refused[] = $state.raw([]);
  /** A new version of the app is here and waits for `update()`. */
  updateReady: boolean = $state(false);

  constructor(
    readonly router: Router,
    storage: Pick<Storage, 'getItem' | 'setItem'>,
    languages: readonly string[],
  ) {
    this.settings = new Settings(storage, languages);
  }

  get phase() {
    return this.session.phase;
  }

  get me() {
    return this.session.me;
  }

  /** Redeems the token of a sign-in link, enrols this phone if it must be, opens the store and syncs. */
  join(_token: string): Promise<JoinResult> {
    throw new Error('not wired');
  }

  /** Opens the store that is on this phone. Needs no network. False when it could not be opened. */
  unlock(): Promise<boolean> {
    throw new Error('not wired');
  }

  /** Lets forms put away what is being typed (see `onLeave`), then forgets the key and all that is open. */
  lock(): Promise<void> {
    throw new Error('not wired');
  }

  /** Ends the session at the server; the sealed store stays for the same member. Refused while changes are unsent and `sure` is false. */
  signOut(_sure = false): Promise<'done' | 'unsent' | 'offline'> {
    throw new Error('not wired');
  }

  /**
   * The chart of a patient, kept up to date. Returns at once; `chart.state` says when it is open. The same object
   * for the same patient while it stays open. It may be called in a `$derived`.
   */
  chart(_patient: string): Chart {
    throw new Error('not wired');
  }

  /** Records of one kind of the library, kept up to date. */
  library(_kind: string): Records {
    throw new Error('not wired');
  }

  /** The card of a member of staff (library kind `member`), null while unknown. Reactive. */
  member(id: string): RecordShown | null {
    return this.library('member').get(id);
  }

  /**
   * Keeps edits, all or none. Resolves when they are durably on the disk, and not before; throws `StoreFull` with
   * nothing kept. An edit that says nothing is left out. Sending follows by itself.
   */
  save(_edits: Edit[]): Promise<void> {
    throw new Error('not wired');
  }

  /** What is being typed, in its one sealed place: `key` names the form, e.g. `record id/field`. */
  draft<T>(_key: string): {
    get(): Promise<T | null>;
    put(value: T): Promise<void>;
    clear(): Promise<void>;
  } {
    throw new Error('not wired');
  }

  /**
   * Calls `handler` before the app locks and when the page is hidden: the moment for a form to save what is typed.
   * Returns what ends it; call it when the form goes.
   */
  onLeave(_handler: () => Promise<void> | void): () => void {
    throw new Error('not wired');
  }

  /** An id for a new record. */
  newId(): string {
    return v7();
  }

  /** Syncs without waiting for the next turn. Resolves when the round is over, however it went; see `sync.error`. */
  syncNow(): Promise<void> {
    throw new Error('not wired');
  }

  /** Puts a refused change into the outbox again under a new number, as it was or as `mended`; those refused with it follow. */
  sendAgain(_id: string, _mended?: Edit): Promise<void> {
    throw new Error('not wired');
  }

  /** Lets go of a refused change, or of a notice of something set aside. */
  dismiss(_what: Refused | { device: string; n: number; field: string }): Promise<void> {
    throw new Error('not wired');
  }

  /** The PDF of a finished visit, made by the server. */
  fetchSummary(_visit: string, _lang: string, _audience: SummaryAudience): Promise<SummaryResult> {
    throw new Error('not wired');
  }

  /** Seals bytes for a `file` field; the value names them. */
  putFile(_patient: string, _bytes: Blob, _name?: string): Promise<FileValue> {
    throw new Error('not wired');
  }

  /** The bytes of a `file` value, null when they are not here yet. */
  getFile(_patient: string, _value: FileValue): Promise<Blob | null> {
    throw new Error('not wired');
  }

  /** Starts the new version: forms save, then the page loads again. */
  update(): Promise<void> {
    throw new Error('not wired');
  }
}
