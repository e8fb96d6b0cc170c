/**
 * The app: the one object that screens talk to. It holds reactive state and passes each act to the store or the
 * sync; it knows no rule of either. Made in main.ts, found in components by `useApp()`.
 *
 *   screen --save--> store (journal) --outbox--> sync --answer--> store --> index, charts --> screen
 */
import { v7 } from 'uuid';
import { StoreFull } from '../store/database';
import { clearDraft, getDraft, putDraft } from '../store/drafts';
import { getFile, putFile } from '../store/files';
import { NOTICES } from '../store/memory';
import { dismissNotice } from '../store/notices';
import { noteRead } from '../store/reads';
import { letGo, letGoUnreadable, sendAgain } from '../store/refused';
import { save } from '../store/save';
import { Locked } from '../store/seal';
import type { Store } from '../store/store';
import type { Edit, FileValue, Notice, RecordShown, Refused, Trouble } from '../store/types';
import { Client, type Reply } from '../sync/client';
import { fetchSummary } from '../sync/summary';
import { Arrivals, type Arrival } from './arrival';
import type { Chart, Records } from './chart.svelte';
import { Erasures } from './erasures.svelte';
import { Index } from './index.svelte';
import { Leaving } from './leaving';
import { suggestPassphrase, weaknessOf } from './passphrase';
import type { Platform } from './platform';
import type { Router } from './router.svelte';
import { Running } from './running';
import { Session } from './session.svelte';
import { Settings } from './settings.svelte';
import { Shelves } from './shelves.svelte';
import { Stores } from './stores.svelte';
import { SyncState } from './sync.svelte';
import { Syncer } from './syncer';
import { Security } from './security';
import type {
  Erasure,
  Invited,
  JoinResult,
  SignInResult,
  StuckStore,
  SummaryAudience,
  SummaryResult,
  UnlockResult,
  UnreadableChange,
  Ways,
  Weakness,
} from './types';

export class App {
  readonly index = new Index();
  readonly sync = new SyncState();
  readonly settings: Settings;
  readonly session: Session;
  /** The member's own passkeys and phones. */
  readonly security: Security;
  /** A new version of the app is here and waits for `update()`. */
  updateReady: boolean = $state(false);

  readonly #client: Client;
  readonly #stores: Stores;
  readonly #arrivals: Arrivals;
  readonly #erasures: Erasures;
  readonly #shelves: Shelves;
  readonly #syncer: Syncer;
  readonly #running: Running;
  readonly #leaving = new Leaving();
  #isHidden = false;
  /** Writes that are on their way to the disk: no lock comes between. */
  readonly #writing = new Set<Promise<unknown>>();
  #puttingAway: Promise<void> | null = null;

  constructor(
    readonly router: Router,
    private readonly platform: Platform,
  ) {
    this.settings = new Settings(platform.storage, platform.languages);
    this.#client = new Client(platform.fetch);
    this.#stores = new Stores(platform.isLog, (store) => this.#running.found(store));
    this.#arrivals = new Arrivals(this.#client, platform);
    this.#erasures = new Erasures(this.#client, platform);
    this.session = new Session(this.#client, platform, this.#stores, this.#arrivals);
    this.security = new Security(this.session, this.#client, platform, {
      lang: () => this.settings.lang,
      revoked: () => this.#running.askRevoked(),
    });
    this.#shelves = new Shelves((patient) => this.#noteRead(patient));
    this.#syncer = new Syncer(this.sync, this.#client, platform, {
      store: () => this.session.store,
      lang: () => this.settings.lang,
      leave: () => this.leave(),
      heard: () => void this.#running.heard(),
      wipe: (store) => this.#running.wipe(store),
    });
    this.#running = new Running({
      session: this.session,
      stores: this.#stores,
      erasures: this.#erasures,
      shelves: this.#shelves,
      syncer: this.#syncer,
      sync: this.sync,
      index: this.index,
      client: this.#client,
      platform,
      putAway: () => this.#putAway(),
    });
  }

  get phase() {
    return this.session.phase;
  }

  get me() {
    return this.session.me;
  }

  /** The id under which this phone is enrolled; null while the store is not open. */
  get device(): string | null {
    const { store } = this.session;
    return store?.isOpen ? store.memory.account.device : null;
  }

  /** Not accepted: refused changes, oldest first, until they are mended or let go. */
  get refused(): Refused[] {
    return this.index.refused;
  }

  /** What opens the stores on this phone, all of them together. */
  get ways(): Ways {
    return this.#stores.ways;
  }

  /** Somebody has signed in whose store here does not open with what they showed. */
  get stuck(): StuckStore | null {
    return this.session.stuck;
  }

  /** Stores erased because their phone was revoked, newest first, until `dismissErasures`. */
  get erasures(): Erasure[] {
    return this.#erasures.untold;
  }

  dismissErasures(): void {
    this.#erasures.dismiss();
  }

  /** Entries of the journal that cannot be read, oldest first. */
  get unreadable(): UnreadableChange[] {
    return this.index.unreadable;
  }

  /** Looks for stores on this phone. Called by main.ts, and again where the browser did not open what is here. */
  async start(): Promise<void> {
    await this.#erasures.finish(async (member) => {
      const store = await this.#stores.of(member);
      return store ?? (this.#stores.isUnopenable(member) ? undefined : null);
    });
    await this.#stores.sweep();
    await this.session.start();
    if (this.#stores.outdated) this.sync.error = 'outdated';
    await this.#running.turned();
    await this.#running.askRevoked();
  }

  /** What a sign-in link says of itself; it is not used up by this. */
  invited(token: string): Promise<Invited> {
    return this.#arrivals.invited(token);
  }

  /**
   * Uses a sign-in link up, with a new passkey or, in a demo, without. Opens the store that is here, or enrols this
   * phone and makes one; the phase says what comes next. From a tap.
   */
  async join(token: string, how: 'passkey' | 'demo' = 'passkey'): Promise<JoinResult> {
    const arrival = await this.#arrivals.accept(token, how);
    if (typeof arrival === 'string') return arrival;
    return (await this.#enter(arrival)) ?? 'joined';
  }

  /** Signs in with a passkey, from a tap. An open store of the same member stays open. */
  async signIn(): Promise<SignInResult> {
    const arrival = await this.#arrivals.give();
    if (typeof arrival === 'string') return arrival;
    return (await this.#enter(arrival)) ?? 'signed_in';
  }

  /** While a passphrase is being chosen: a passkey may be taken instead (`bindPasskey`). */
  get canBindPasskey(): boolean {
    return this.session.canBind;
  }

  /** While a passphrase is being chosen: asks the passkey once more for something to seal with. From a tap. */
  async bindPasskey(): Promise<'open' | 'cancelled' | 'unsupported' | Trouble> {
    const result = await this.session.bind();
    await this.#running.turned();
    return result;
  }

  /** Seals the store with it and opens it; an open store it opens besides. Null when it is done. */
  async choosePassphrase(text: string): Promise<Weakness | Trouble | null> {
    const weakness = this.weakness(text);
    if (weakness) return weakness;
    if (await this.session.isOthers(text)) return 'common';
    const shown = { way: 'passphrase', text } as const;
    if (this.phase === 'open') {
      await this.#store.addWay(shown);
      return null;
    }
    const trouble = await this.session.seal(shown);
    await this.#running.turned();
    return trouble;
  }

  /** Five words drawn at random, in the language of the screen. */
  suggestPassphrase(): string {
    return suggestPassphrase(this.settings.lang);
  }

  /** Why this would be guessed; null where it is good. */
  weakness(text: string): Weakness | null {
    return weaknessOf(text, this.session.names);
  }

  /** Opens the store that this passphrase, or else a passkey, opens. Needs no network. A passkey wants a tap. */
  async unlock(passphrase?: string): Promise<UnlockResult> {
    const result = await this.session.unlock(passphrase);
    await this.#running.turned();
    return result;
  }

  /** Asks the server whether this phone may go on; without it a phone past its lease does not open. */
  async tryContact(): Promise<'open' | Trouble> {
    await this.#running.askRevoked();
    const result = await this.session.tryContact();
    await this.#running.turned();
    return result;
  }

  /** After a recovery, where the escrow did not answer at once: opens the old store. Null when the phase says more. */
  async recover(): Promise<Trouble | null> {
    const trouble = await this.session.recover();
    await this.#running.turned();
    return trouble;
  }

  /** Gives up the store that nothing opens, and what is unsent in it (`stuck.unsent`), for a new one. */
  async startOver(): Promise<Trouble | null> {
    const trouble = await this.session.startOver();
    await this.#running.turned();
    return trouble;
  }

  /** Lets forms put away what is being typed (see `onLeave`), then forgets the key and all that is open. */
  lock(): Promise<void> {
    return this.#running.lock();
  }

  /** Another member's turn on this phone: to the sign-in screen. Every store stays, sealed. */
  useAnother(): void {
    this.#running.close();
    this.session.useAnother();
    this.sync.unsent = 0;
  }

  /** Back from the sign-in screen to the stores that wait for `unlock`. */
  async unlockInstead(): Promise<void> {
    await this.session.unlockInstead();
    await this.#running.turned();
  }

  /** Somebody touches the phone: it stays open for as long as the organisation allows. */
  touch(): void {
    this.#running.touch();
  }

  /** For office screens: asks the server as this phone's member. `read` takes the body to an answer, or to null. */
  ask<T>(
    path: string,
    read: (body: unknown) => T | null,
    { method = 'GET', body }: { method?: 'GET' | 'POST'; body?: unknown } = {},
  ): Promise<Reply<T>> {
    const { secret } = this.#store.memory.account;
    return this.#client.call(path, read, { method, body, secret, lang: this.settings.lang });
  }

  /** For office screens: a file that the server makes, of one media type, to be handed on by whoever asked for it. */
  async askFile(path: string, type: string): Promise<Reply<Blob>> {
    const { secret } = this.#store.memory.account;
    const call = { method: 'GET', secret, lang: this.settings.lang } as const;
    const reply = await this.#client.bytes(path, type, call);
    if (!('answer' in reply)) return reply;
    return reply.answer === 'waiting' ? { trouble: 'offline' } : { answer: reply.answer };
  }

  /**
   * Ends the session at the server; the sealed store stays for the same member's return. `unsent`: changes wait for
   * the server, ask the member and call again with `sure`. `offline`: a session can be ended only with a signal.
   */
  async signOut(sure = false): Promise<'done' | 'unsent' | 'offline'> {
    await this.#putAway();
    if (this.sync.unsent > 0 && !sure) return 'unsent';
    const reply = await this.#client.call('/api/sign-out', () => true);
    if ('trouble' in reply && reply.trouble === 'offline') return 'offline';
    this.#running.close();
    await this.session.leave();
    await this.#running.turned();
    return 'done';
  }

  /**
   * The chart of a patient, kept up to date. Returns at once; `chart.state` says when it is open. The same object
   * for the same patient while the app is open. It may be called in a `$derived`.
   */
  chart(patient: string): Chart {
    return this.#shelves.chart(patient);
  }

  /** Records of one kind of the library, kept up to date. */
  library(kind: string): Records {
    return this.#shelves.library(kind);
  }

  /** The card of a member of staff (library kind `member`), null while unknown. Reactive. */
  member(id: string): RecordShown | null {
    return this.library('member').get(id);
  }

  /**
   * Keeps edits, all or none. Resolves when they are durably on the disk, and not before; throws `StoreFull` with
   * nothing kept. An edit that says nothing is left out. Sending follows by itself.
   */
  async save(edits: Edit[]): Promise<void> {
    const plain = $state.snapshot(edits) as Edit[];
    await this.#room(() => save(this.#store, plain, this.platform.clock.now()));
    this.#syncer.schedule.hint();
  }

  /**
   * What is being typed, in its one sealed place. `key` begins with the patient's id (`library` where there is none)
   * and names the form after it: `PATIENT/RECORD/field`. A draft leaves the phone with its chart.
   */
  draft<T>(key: string): {
    get(): Promise<T | null>;
    put(value: T): Promise<void>;
    clear(): Promise<void>;
  } {
    return {
      get: () => getDraft<T>(this.#store, key),
      put: (value) => this.#room(() => putDraft(this.#store, key, $state.snapshot(value))),
      clear: () => clearDraft(this.#store, key),
    };
  }

  /**
   * Calls `handler` before the app locks, when the page is hidden and before a chart leaves the phone: the moment for
   * a form to save what is typed. Returns what ends it; call it when the form goes.
   */
  onLeave(handler: () => Promise<void> | void): () => void {
    return this.#leaving.add(handler);
  }

  /** Calls every handler of `onLeave`. */
  async leave(): Promise<void> {
    await this.#leaving.all();
  }

  /** An id for a new record. */
  newId(): string {
    return v7();
  }

  /** Syncs without waiting for the next turn. Resolves when the round is over, however it went; see `sync.error`. */
  syncNow(): Promise<void> {
    return this.#syncer.schedule.ask();
  }

  /** The signal may be back, or somebody looks at the page again: locks where it was away too long. */
  wake(): void {
    this.#isHidden = false;
    this.#running.wake();
  }

  /** Lets go of an entry that cannot be read. */
  letGoUnreadable(id: string): Promise<void> {
    return letGoUnreadable(this.#store, id);
  }

  /**
   * Puts a refused change into the outbox again under a new number, as it was or as `mended`; those refused for want
   * of it follow.
   */
  async sendAgain(id: string, mended?: Edit): Promise<void> {
    const edit = $state.snapshot(mended) as Edit | undefined;
    await this.#room(() => sendAgain(this.#store, id, edit, this.platform.clock.now()));
    this.#syncer.schedule.hint();
  }

  /** Lets go of a refused change, or of a notice of something set aside. */
  dismiss(what: Refused | Notice): Promise<void> {
    if ('refusal' in what) return letGo(this.#store, what.id);
    return this.#store.write(async (step, memory) => {
      const notices = dismissNotice(memory.notices, what);
      await step.put(NOTICES, notices);
      return { memory: { ...memory, notices }, shelves: [], result: undefined };
    });
  }

  /** The PDF of a finished visit, made by the server; a visit not yet sent is sent first. */
  async fetchSummary(
    visit: string,
    lang: string,
    audience: SummaryAudience,
  ): Promise<SummaryResult> {
    const isUnsent = () => this.index.visits.some((row) => row.id === visit && row.unsent);
    if (isUnsent()) await this.syncNow();
    if (isUnsent()) return { error: this.sync.error ?? 'pending' };
    const { secret } = this.#store.memory.account;
    return fetchSummary(this.#client, this.platform.clock, { visit, lang, audience, secret });
  }

  /** Seals bytes for a `file` field; the value names them. */
  putFile(patient: string, bytes: Blob, name?: string): Promise<FileValue> {
    return this.#room(() => putFile(this.#store, patient, bytes, name));
  }

  /** The bytes of a `file` value, null when they are not here yet. */
  getFile(patient: string, value: FileValue): Promise<Blob | null> {
    return getFile(this.#store, patient, value);
  }

  /** The page is hidden: forms save. */
  async hide(): Promise<void> {
    this.#isHidden = true;
    await this.leave();
    this.#updateUnseen();
  }

  /** A new version is here and waits. */
  updateFound(): void {
    this.updateReady = true;
    this.#updateUnseen();
  }

  /** Where the office no longer takes what this version says, the new one starts by itself once nobody is looking. */
  #updateUnseen(): void {
    if (this.#isHidden && this.updateReady && this.sync.error === 'outdated') void this.update();
  }

  /** Starts the new version: forms save, then the page loads again. */
  async update(): Promise<void> {
    await this.leave();
    this.platform.activateUpdate();
  }

  get #store(): Store {
    if (!this.session.store) throw new Locked();
    return this.session.store;
  }

  /** Runs a write; a full store is told at once, before anything is lost. */
  async #room<T>(write: () => Promise<T>): Promise<T> {
    const running = write();
    this.#writing.add(running);
    try {
      const result = await running;
      this.sync.full = false;
      return result;
    } catch (error) {
      if (error instanceof StoreFull) this.sync.full = true;
      throw error;
    } finally {
      this.#writing.delete(running);
    }
  }

  /** Forms save, and what is being saved is on the disk. Two who want to lock wait for the same. */
  #putAway(): Promise<void> {
    this.#puttingAway ??= this.#settle().finally(() => (this.#puttingAway = null));
    return this.#puttingAway;
  }

  async #settle(): Promise<void> {
    await this.leave();
    while (this.#writing.size) await Promise.allSettled([...this.#writing]);
  }

  async #enter(arrival: Arrival): Promise<Trouble | null> {
    if (arrival.me.member !== this.session.store?.member) {
      await this.#putAway();
      this.#running.close();
    }
    const trouble = await this.session.enter(arrival);
    await this.#running.turned();
    return trouble;
  }

  #noteRead(patient: string): void {
    const read = { id: v7(), patient, at: this.platform.clock.now(), what: 'chart' as const };
    // A read that finds no room is not told; the chart is shown all the same.
    noteRead(this.#store, read).catch(() => {});
  }
}
