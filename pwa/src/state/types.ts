/** The shapes of the app's state: what screens read beside the records themselves. */
import type { Trouble } from '../store/types';

/**
 * loading
 * signed_out           nobody's turn: a link or a passkey begins one
 * choosing_passphrase  signed in, and nothing here opens the store yet: `choosePassphrase`, or `bindPasskey`
 * locked               stores that wait for `unlock`
 * leased               the right key was shown, and the phone was too long without the server: `tryContact`
 * unopenable           the browser does not open the database that is here: `start` again
 * open
 */
export type Phase =
  'loading' | 'signed_out' | 'choosing_passphrase' | 'locked' | 'leased' | 'unopenable' | 'open';

export type Lang = 'en' | 'es';
export type Theme = 'system' | 'light' | 'dark';
/** Multiplies the text size of the system. */
export type TextSize = 1 | 1.15 | 1.3;

/** What a link that was opened says of itself, before it is used. */
export interface Invitation {
  name: string;
  organisation_name: string;
  /** A passkey may be done without. */
  demo: boolean;
  /** For somebody who had passkeys: what their phone holds unsent can be opened again. */
  recovery: boolean;
}

/** The ways in which the authenticator or the person can say no. */
export type Declined = 'cancelled' | 'unsupported';

/** `used` covers an unknown, used or expired link. `too_many`: tried too often, wait. */
export type Invited = Invitation | 'used' | 'too_many' | Trouble;

/**
 * Why a link or a request of a person did not work. Once `joined`, the phase says what comes next.
 * passkey_exists: this authenticator has one for this member; `signIn` is the way.
 */
export type JoinResult = 'joined' | 'used' | 'too_many' | 'passkey_exists' | Declined | Trouble;

/**
 * Once `signed_in`, the phase says what comes next; locked where this passkey does not open the store that is here.
 * failed: the server knows no such passkey, or no longer.
 */
export type SignInResult = 'signed_in' | 'failed' | 'too_many' | Declined | Trouble;

/** What opens the stores on this phone, all of them taken together; known while locked. */
export interface Ways {
  passkey: boolean;
  passphrase: boolean;
}

/**
 * wrong: no store here opens with it. damaged: the key is right and what it should open cannot be read; `signIn` mends.
 */
export type UnlockResult = 'open' | 'wrong' | 'leased' | 'damaged' | Declined;

/**
 * Why a passphrase would be guessed. common: a known one, a name, a row of keys, the same again and again, or one that
 * opens somebody else's store on this phone.
 */
export type Weakness = 'short' | 'digits' | 'common';

/** A store that was erased because its phone was revoked: to be told, until `app.dismissErasures`. */
export interface Erasure {
  device: string;
  at: number;
  /** Changes that had not been sent. */
  unsent: number;
  /** The server has heard that it is erased. */
  told: boolean;
}

/**
 * Somebody has signed in, and what they showed does not open the store they have here. `app.unlock` with another way,
 * `app.recover` where it can be had from the escrow, or `app.startOver`, which erases what is unsent.
 */
export interface StuckStore {
  unsent: number;
  recoverable: boolean;
}

/** An entry of the journal that cannot be read: kept, listed, never sent. */
export interface UnreadableChange {
  /** For `app.letGoUnreadable`. */
  id: string;
  n: number;
  patient: string | null;
  /** It had not been sent: what it said is lost to the server too. */
  unsent: boolean;
}

export interface Passkey {
  id: string;
  name: string;
  created_at: number;
  last_used_at: number | null;
  backed_up: boolean;
  /** This session was begun with it. */
  current: boolean;
  /** It opens the store on this phone. */
  opens: boolean;
}

export interface Device {
  id: string;
  name: string;
  member: string;
  member_name: string;
  team_name: string | null;
  enrolled_at: number;
  last_contact: number | null;
  revoked_at: number | null;
  erased_at: number | null;
  /** Changes it still held at its last word, where it was revoked. */
  lost_unsent: number | null;
  status: {
    app?: string;
    unsent?: number;
    oldest?: number | null;
    /** Share of the allowed storage in use, 0 to 1. */
    storage?: number;
    persisted?: boolean;
  } | null;
  current: boolean;
}

/** A line of what was done to a member's own account. */
export interface Activity {
  at: number;
  what: string;
  by: string | null;
  by_name: string | null;
  device_name: string | null;
  detail: string | null;
}

export type AddPasskeyResult = 'added' | 'passkey_exists' | Declined | Trouble;

/** last_passkey: the server keeps one. last_way: nothing else would open the store on this phone. */
export type RemovePasskeyResult = 'removed' | 'last_passkey' | 'last_way' | Trouble;

export type SummaryAudience = 'patient' | 'clinician';

/** A fetched summary, or why there is none yet; `pending` while the visit itself is not yet sent. */
export type SummaryResult = { pdf: Blob } | { error: Trouble | 'pending' };

/**
 * How far the phone has got in following a server that was restored from a backup (sync/README.md, "A restored
 * server"): it brings its changes back, offers the records that the backup lacks, and pulls everything anew.
 */
export interface Following {
  stage: 'offering' | 'salvaging' | 'pulling';
  /** Changes answered, records offered, or records received in this stage; 0 while none of its rounds runs. */
  done: number;
  /** Of how many; null where that is not known, as of a pull. */
  total: number | null;
}

/** A change that a restored office has and cannot take yet: a chart or an assignment is not back. */
export interface WaitingChange {
  id: string;
  patient: string | null;
  kind: string;
  at: number;
}

/** How the next contact with the server goes. */
export type SyncPhase = 'idle' | 'sending' | 'receiving' | 'waiting';
