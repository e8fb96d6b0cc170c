/** What a member is told where a passkey was not added or not removed. */
import type { AddPasskeyResult, RemovePasskeyResult } from '../../state/types';
import type { Trouble } from '../../store/types';
import type { Key } from '../../words';
import type { Told } from '../entry/outcomes';

const TROUBLES: Record<Trouble, Told> = {
  offline: { title: 'sync.offline', body: 'security.offline_body', tone: 'neutral' },
  signed_out: { title: 'sync.signed_out', body: 'signin.trouble_signed_out_body', tone: 'late' },
  outdated: { title: 'sync.outdated', body: 'signin.trouble_outdated_body', tone: 'late' },
  refused: { title: 'signin.trouble_refused', body: 'security.refused_body', tone: 'danger' },
};

const told = (title: Key, body: Key, tone: Told['tone'] = 'neutral'): Told => ({
  title,
  body,
  tone,
});

export const ADD_TOLD: Record<Exclude<AddPasskeyResult, 'added'>, Told> = {
  ...TROUBLES,
  passkey_exists: told('security.add_exists', 'security.add_exists_body'),
  cancelled: told('signin.join_cancelled', 'security.add_cancelled_body'),
  unsupported: told('signin.join_unsupported', 'security.add_unsupported_body', 'late'),
};

export const REMOVE_TOLD: Record<Exclude<RemovePasskeyResult, 'removed'>, Told> = {
  ...TROUBLES,
  last_passkey: told('security.last_passkey', 'security.last_passkey_body', 'late'),
  last_way: told('security.last_way', 'security.last_way_body', 'late'),
};

export const RENAME_TOLD = TROUBLES;
