/** The rooms of the office, and who finds them under More. The server decides who is answered there. */
import FolderOpen from '@lucide/svelte/icons/folder-open';
import FolderClock from '@lucide/svelte/icons/folder-clock';
import ArchiveX from '@lucide/svelte/icons/archive-x';
import History from '@lucide/svelte/icons/history';
import Inbox from '@lucide/svelte/icons/inbox';
import ScrollText from '@lucide/svelte/icons/scroll-text';
import Smartphone from '@lucide/svelte/icons/smartphone';
import UsersRound from '@lucide/svelte/icons/users-round';
import type { Role } from '../../store/types';

const LEADING: readonly Role[] = ['supervisor', 'administrator'];

export const PLACES = [
  { place: 'open', icon: FolderOpen, roles: ['coordinator', 'clinician', 'supervisor'] },
  { place: 'people', icon: UsersRound, roles: LEADING },
  { place: 'devices', icon: Smartphone, roles: LEADING },
  { place: 'lost', icon: Inbox, roles: ['supervisor'] },
  { place: 'openings', icon: FolderClock, roles: ['supervisor'] },
  { place: 'access', icon: ScrollText, roles: LEADING },
  { place: 'retention', icon: ArchiveX, roles: LEADING },
  { place: 'restore', icon: History, roles: LEADING },
] as const;

export type Place = (typeof PLACES)[number]['place'];

/** Whoever has no chart by office has these where others have their day and their patients. */
const TABS: readonly Place[] = ['people', 'devices', 'access'];

export function tabsOf(role: Role | undefined) {
  return role === 'administrator' ? PLACES.filter(({ place }) => TABS.includes(place)) : [];
}

export function hasPlace(role: Role, place: Place): boolean {
  return placesOf(role).some((one) => one.place === place);
}

/** A restore that is under way is looked at before anything else. */
export function placesOf(role: Role, isRestoring = false) {
  const open = PLACES.filter(({ roles }) => (roles as readonly Role[]).includes(role));
  const isFirst = ({ place }: { place: Place }) => isRestoring && place === 'restore';
  return [...open.filter(isFirst), ...open.filter((room) => !isFirst(room))];
}
