/** The form of a new member: what is wrong with it, and what is sent. The server checks the same again. */
import type { Role } from '../../store/types';
import { t } from '../../words';
import type { NewMember } from './answers';

export const ROLES = [
  'coordinator',
  'clinician',
  'supervisor',
  'administrator',
] as const satisfies readonly Role[];

export interface MemberForm {
  name: string;
  email: string;
  role: Role;
  phone: string;
  /** Chosen of those there are. */
  teams: string[];
  /** A team that there is not yet. */
  team: string;
}

export function newMember({ name, email, role, phone, teams, team }: MemberForm): NewMember {
  return {
    name: name.trim(),
    email: email.trim(),
    role,
    teams: role === 'administrator' ? [] : teamsIn(role, teams, team.trim()),
    phone: phone.trim() || null,
  };
}

/** A sentence for each field that cannot be sent as it is. */
export function problemsOf(form: MemberForm): Partial<Record<'name' | 'email' | 'teams', string>> {
  const { name, email, role, teams } = newMember(form);
  return {
    ...(!name && { name: t('office.name_missing') }),
    ...(!/^[^\s@]+@[^\s@]+$/.test(email) && { email: t('office.email_wrong') }),
    ...(role !== 'administrator' && !teams.length && { teams: t('office.team_missing') }),
  };
}

/** A supervisor has all of them; others work in one, and a name that was typed is what was meant. */
function teamsIn(role: Role, chosen: readonly string[], typed: string): string[] {
  if (role === 'supervisor') return [...new Set([...chosen, ...(typed ? [typed] : [])])];
  return (typed ? [typed] : chosen).slice(0, 1);
}
