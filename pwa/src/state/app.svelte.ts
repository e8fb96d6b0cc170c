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
import { letGo, sendAgain } from '../store/refused';
import { save } from '../store/save';
import { Locked } from '../store/seal';
import type { Store, StoreEvent } from '../store/store';
import type { Edit, FileValue, Notice, RecordShown, Refused, Trouble } from '../store/types';
import { Client, type Reply } from '../sync/client';
import { fetchSummary } from '../sync/summary';
import type { Chart, Records } from './chart.svelte';
import { Index } from './index.svelte';
import { Leaving } from './leaving';
import type { Platform } from './platform';
import type { Router } from './router.svelte';
import { Session } from './session.svelte';
import { Settings } from './settings.svelte';
import { Shelves } from './shelves.svelte';
import { SyncState } from './sync.svelte';
import { Syncer } from './syncer';
import { Security } from './security';
import type {
  Erasure,
  Invited,
  JoinResult,
  SignInResult,
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
  readonly #shelves: Shelves;
  readonly #syncer: Syncer;
  readonly #leaving = new Leaving();

  constructor(
    readonly router: Router,
    private readonly platform: Platform,
  ) {
    this.settings = new Settings(platform.storage, platform.languages);
    this.#client = new Client(platform.fetch);
    this.session = new Session(this.#client, platform, (store) => this.#turnTo(store));
    this.security = new Security();
    this.#shelves = new Shelves((patient) => this.#noteRead(patient));
    this.#syncer = new Syncer(this.sync, this.#client, platform, {
      store: () => this.session.store,
      lang: () => this.settings.lang,
      leave: () => this.leave(),
      wipe: () => this.#wipe(),
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

  /** Finds the store on this phone. Called once, by main.ts. */
  async start(): Promise<void> {
    await this.session.start();
    if (this.session.outdated) this.sync.error = 'outdated';
    if (this.phase === 'open') this.#opened();
    else await this.session.askRevoked();
  }

  /** What opens the stores on this phone, all of them together. Reactive. */
  get ways(): Ways {
    return { passkey: false, passphrase: false };
  }

  /** Stores erased because their phone was revoked, until `dismissErasures`. Reactive. */
  get erasures(): Erasure[] {
    return [];
  }

  dismissErasures(): void {}

  /** Entries of the journal that cannot be read, oldest first. Reactive. */
  get unreadable(): UnreadableChange[] {
    return [];
  }

  /** Lets go of an entry that cannot be read. */
  async letGoUnreadable(_id: string): Promise<void> {}

  /** What a sign-in link says of itself; it is not used up by this. */
  async invited(_token: string): Promise<Invited> {
    return 'offline';
  }

  /** Signs in with a passkey, from a tap. An open store of the same member stays open. */
  async signIn(): Promise<SignInResult> {
    return 'offline';
  }

  /** While a passphrase is being chosen: takes a passkey after all, or tries once more. From a tap. */
  async bindPasskey(): Promise<'open' | 'cancelled' | 'unsupported'> {
    return 'unsupported';
  }

  /** Seals the store with it, or with it besides where the store is open. Null when it is done. */
  async choosePassphrase(_text: string): Promise<Weakness | Trouble | null> {
    return 'offline';
  }

  /** Five words drawn at random, in the language of the screen. */
  suggestPassphrase(): string {
    return '';
  }

  /** Why this would be guessed; null where it is good. */
  weakness(_text: string): Weakness | null {
    return null;
  }

  /** Asks the server whether this phone may go on; without it a phone past its lease does not open. */
  async tryContact(): Promise<'open' | Trouble> {
    return 'offline';
  }

  /** Another member's turn on this phone: to the sign-in screen. Every store stays, sealed. */
  useAnother(): void {}

  /** Back from the sign-in screen to the stores that wait for `unlock`. */
  unlockInstead(): void {}

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
   * Redeems the token of a sign-in link, with a new passkey or, in a demo, without. Opens the store that is here, or
   * enrols this phone and makes one; the phase says what comes next. From a tap.
   */
  async join(token: string, _how: 'passkey' | 'demo' = 'passkey'): Promise<JoinResult> {
    await this.leave();
    const result = await this.session.join(token);
    if (result === 'joined') this.#opened();
    return result;
  }

  /** Opens the store that this passkey, or this passphrase, opens. Needs no network. */
  async unlock(_passphrase?: string): Promise<UnlockResult> {
    const isOpen = await this.session.unlock();
    if (isOpen) this.#opened();
    return isOpen ? 'open' : 'damaged';
  }

  /** Lets forms put away what is being typed (see `onLeave`), then forgets the key and all that is open. */
  async lock(): Promise<void> {
    await this.leave();
    this.session.lock();
    this.#close();
  }

  /**
   * Ends the session at the server; the sealed store stays for the same member's return. `unsent`: changes wait for
   * the server, ask the member and call again with `sure`. `offline`: a session can be ended only with a signal.
   */
  async signOut(sure = false): Promise<'done' | 'unsent' | 'offline'> {
    await this.leave();
    if (this.sync.unsent > 0 && !sure) return 'unsent';
    const reply = await this.#client.call('/api/sign-out', () => true);
    if ('trouble' in reply && reply.trouble === 'offline') return 'offline';
    this.#close();
    this.session.leave();
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

  /** The signal may be back, or somebody looks at the page again. */
  wake(): void {
    if (this.phase === 'open') this.#syncer.schedule.retry();
    else void this.session.askRevoked();
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
    try {
      const result = await write();
      this.sync.full = false;
      return result;
    } catch (error) {
      if (error instanceof StoreFull) this.sync.full = true;
      throw error;
    }
  }

  #turnTo(store: Store): void {
    this.#close();
    store.on((event) => this.#hear(event));
    void store.outside().then(({ unsent, contact }) => {
      this.sync.unsent = unsent;
      this.sync.lastContact = contact;
    });
  }

  #opened(): void {
    this.#shelves.follow(this.#store);
    this.#show();
    void this.#syncer.askStorage(true);
    this.#syncer.schedule.start();
  }

  #hear(event: StoreEvent): void {
    if (event.type === 'changed' && this.phase === 'open') {
      this.#show();
      this.#shelves.refresh(event.shelves);
    } else if (event.type === 'locked') {
      this.session.locked();
      this.#close();
    } else if (event.type === 'erased') {
      this.session.erasedElsewhere();
      this.#close();
    }
  }

  #show(): void {
    const { store } = this.session;
    if (!store?.isOpen) return;
    this.index.follow(store.memory);
    this.#syncer.follow(store);
  }

  /** Nothing of the store is left in memory. What is unsent stays counted. */
  #close(): void {
    this.#syncer.schedule.stop();
    this.#shelves.clear();
    this.index.clear();
    this.sync.error = null;
    this.sync.detail = null;
  }

  async #wipe(): Promise<void> {
    this.#close();
    await this.session.erase();
  }

  #noteRead(patient: string): void {
    const read = { id: v7(), patient, at: this.platform.clock.now(), what: 'chart' as const };
    // A read that finds no room is not told; the chart is shown all the same.
    noteRead(this.#store, read).catch(() => {});
  }
}
