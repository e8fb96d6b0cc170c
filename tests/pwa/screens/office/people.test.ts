import { expect, test } from 'vitest';
import type { OfficeMember } from '../../../../pwa/src/screens/office/answers';
import { newMember, problemsOf } from '../../../../pwa/src/screens/office/new-member';
import {
  inOrder,
  isFound,
  isRecovery,
  mayManage,
  teamsOf,
} from '../../../../pwa/src/screens/office/people';
import type { Me } from '../../../../pwa/src/store/types';

const member = (name: string, more: Partial<OfficeMember> = {}): OfficeMember => ({
  id: name,
  name,
  email: `${name}@fairbrook.example`,
  role: 'coordinator',
  team: 't',
  team_name: 'River team',
  teams: [],
  status: 'active',
  phone: null,
  passkeys: 0,
  devices: 0,
  last_contact: null,
  ...more,
});
const me = (role: Me['role']) => ({ member: 'me', role }) as Me;

test('those who work here come by name, whatever their accents, and those who left after them', () => {
  const order = inOrder([
    member('Zoe'),
    member('Ana', { status: 'left' }),
    member('Ágata'),
    member('bert'),
  ]);
  expect(order.map(({ name }) => name)).toEqual(['Ágata', 'bert', 'Zoe', 'Ana']);
});

test('a person is found by any words of name, address, telephone or team', () => {
  const tomas = member('Tomás Iriarte', { phone: '413-555-0108' });
  expect(isFound(tomas, 'tomas river')).toBe(true);
  expect(isFound(tomas, '0108')).toBe(true);
  expect(isFound(tomas, 'tomas hill')).toBe(false);
  expect(isFound(tomas, '')).toBe(true);
});

test('nobody manages themselves, and a supervisor only those who work in the field', () => {
  const coordinator = member('Rosa');
  const supervisor = member('Helen', { role: 'supervisor' });
  expect(mayManage(me('supervisor'), coordinator)).toBe(true);
  expect(mayManage(me('supervisor'), supervisor)).toBe(false);
  expect(mayManage(me('administrator'), supervisor)).toBe(true);
  expect(mayManage(me('administrator'), member('Me', { id: 'me' }))).toBe(false);
  expect(mayManage(me('administrator'), member('Gone', { status: 'left' }))).toBe(false);
});

test('a link for somebody who has a passkey is a recovery', () => {
  expect(isRecovery(member('Rosa', { passkeys: 1 }))).toBe(true);
  expect(isRecovery(member('Rosa'))).toBe(false);
});

test('teams are known from those who work in them and those who supervise them', () => {
  const helen = member('Helen', { team_name: null, teams: ['River team', 'Hill team'] });
  expect(teamsOf([helen, member('Rosa')])).toEqual(['Hill team', 'River team']);
});

const form = {
  name: ' Rosa Delgado ',
  email: ' rosa@fairbrook.example ',
  role: 'coordinator' as const,
  phone: ' ',
  teams: ['River team'],
  team: '',
};

test('a new member is sent without the spaces around what was typed', () => {
  expect(newMember(form)).toEqual({
    name: 'Rosa Delgado',
    email: 'rosa@fairbrook.example',
    role: 'coordinator',
    teams: ['River team'],
    phone: null,
  });
});

test('one team for those in the field, of which the typed one is meant; all for a supervisor', () => {
  expect(newMember({ ...form, team: 'Coast team' }).teams).toEqual(['Coast team']);
  expect(newMember({ ...form, role: 'supervisor', team: 'Coast team' }).teams).toEqual([
    'River team',
    'Coast team',
  ]);
  expect(newMember({ ...form, role: 'administrator', team: 'Coast team' }).teams).toEqual([]);
});

test('what is missing is told field by field', () => {
  expect(problemsOf(form)).toEqual({});
  expect(Object.keys(problemsOf({ ...form, name: ' ', email: 'rosa@', teams: [] }))).toEqual([
    'name',
    'email',
    'teams',
  ]);
  expect(problemsOf({ ...form, role: 'administrator', teams: [] })).toEqual({});
});
