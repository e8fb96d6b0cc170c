/** The member's own passkeys and phones, asked of the server: what the Security screens talk to. */
import type { Trouble } from '../store/types';
import type { Reply } from '../sync/client';
import type { Activity, AddPasskeyResult, Device, Passkey, RemovePasskeyResult } from './types';

export class Security {
  async passkeys(): Promise<Reply<Passkey[]>> {
    return { trouble: 'offline' };
  }

  /** A new passkey for this member; it opens the store on this phone too where it can. From a tap. */
  async addPasskey(_name: string): Promise<AddPasskeyResult> {
    return 'offline';
  }

  async renamePasskey(_id: string, _name: string): Promise<'renamed' | Trouble> {
    return 'offline';
  }

  async removePasskey(_id: string): Promise<RemovePasskeyResult> {
    return 'offline';
  }

  /** The member's phones. */
  async devices(): Promise<Reply<Device[]>> {
    return { trouble: 'offline' };
  }

  async revokeDevice(_id: string): Promise<'revoked' | Trouble> {
    return 'offline';
  }

  /** What was done to the member's account, newest first. */
  async activity(): Promise<Reply<Activity[]>> {
    return { trouble: 'offline' };
  }
}
