/** Who works here, in the order in which somebody looks for them, and what the signed-in member may do for each. */
import { foldText } from '../../store/summarise';
import type { Me } from '../../store/types';
import type { OfficeMember } from './answers';

const IN_THE_FIELD: readonly string[] = ['coordinator', 'clinician'];

/** Those who work here by name, then those who left. */
export function inOrder(members: readonly OfficeMember[]): OfficeMember[] {
  const collator = new Intl.Collator(undefined, { sensitivity: 'base' });
  return [...members].sort(
    (a, b) =>
      Number(a.status === 'left') - Number(b.status === 'left') ||
      collator.compare(a.name, b.name) ||
      (a.id < b.id ? -1 : 1),
  );
}

/** Every word of the query stands in the name, the address, the telephone or the team. */
export function isFound(member: OfficeMember, query: string): boolean {
  const { name, email, phone, team_name } = member;
  const text = foldText([name, email, phone, team_name].filter(Boolean).join(' '));
  return foldText(query)
    .split(' ')
    .every((word) => text.includes(word));
}

/**
 * May invite them and end their membership: an administrator everybody but themselves, a supervisor those of their
 * teams who work in the field. The server decides; this only spares a button that would be refused.
 */
export function mayManage(me: Me, member: OfficeMember): boolean {
  if (member.id === me.member || member.status === 'left') return false;
  return me.role === 'administrator' || IN_THE_FIELD.includes(member.role);
}

/** Somebody with a passkey is not invited but recovered: what a link then gives is more. */
export function isRecovery(member: OfficeMember): boolean {
  return member.passkeys > 0;
}

/** Every team that is known from its people, by name. */
export function teamsOf(members: readonly OfficeMember[]): string[] {
  const names = members.flatMap(({ team_name, teams }) => [team_name, ...(teams ?? [])]);
  return [...new Set(names.filter((name): name is string => Boolean(name)))].sort(
    new Intl.Collator().compare,
  );
}
