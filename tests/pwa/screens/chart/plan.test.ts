import { expect, test } from 'vitest';
import { telephoneOf } from '../../../../pwa/src/screens/chart/contacts';
import { calledText } from '../../../../pwa/src/screens/chart/identity';
import {
  achievementTone,
  isActiveGoal,
  isActivePlan,
  progressOf,
  targetOf,
} from '../../../../pwa/src/screens/chart/plan';
import { tabOf } from '../../../../pwa/src/screens/chart/tabs';
import catalogue from '../../../../pwa/src/catalogue.json';
import { record } from '../rows';

test('plans and goals are under way until somebody ended them', () => {
  expect(isActivePlan(record('care_plan', { status: 'on-hold' }))).toBe(true);
  expect(isActivePlan(record('care_plan', { status: 'revoked' }))).toBe(false);
  expect(isActiveGoal(record('goal', {}))).toBe(true);
  expect(isActiveGoal(record('goal', { lifecycle_status: 'completed' }))).toBe(false);
});

test('progress of a goal runs from the oldest, without what was entered by mistake', () => {
  const look = (id: string, goal: string, day: string, status = 'final') =>
    record('goal_progress', { goal, status, effective: `${day}T10:00:00Z` }, { id });
  const looks = progressOf('g', [
    look('new', 'g', '2026-11-10'),
    look('old', 'g', '2026-11-01'),
    look('wrong', 'g', '2026-11-05', 'entered-in-error'),
    look('other', 'h', '2026-11-05'),
  ]);
  expect(looks.map(({ id }) => id)).toEqual(['old', 'new']);
});

test('a target may have either end, both or none', () => {
  expect(targetOf(record('goal', { target_low: 0 }))).toEqual({
    low: 0,
    high: null,
  });
  expect(targetOf(record('goal', { target_low: 60, target_high: 70 }))).toEqual({
    low: 60,
    high: 70,
  });
  expect(targetOf(record('goal', { target_measure: 'walks' }))).toBeNull();
});

test('an achievement reads as good, as late or as neither', () => {
  expect(achievementTone('achieved')).toBe('good');
  expect(achievementTone('worsening')).toBe('late');
  expect(achievementTone('no-change')).toBe('neutral');
});

test('the number that is called is one in use for speaking, a mobile first', () => {
  const telecom = [
    { system: 'email', value: 'a@example.org', use: 'home' },
    { system: 'phone', value: '1', use: 'old' },
    { system: 'phone', value: '2', use: 'home' },
    { system: 'phone', value: '3', use: 'mobile' },
  ];
  expect(telephoneOf(telecom)).toBe('3');
  expect(telephoneOf(telecom.slice(0, 3))).toBe('2');
  expect(telephoneOf(telecom.slice(0, 2))).toBeNull();
  expect(telephoneOf(undefined)).toBeNull();
});

test('what somebody likes to be called is said where the name does not say it', () => {
  const name = { given: 'Eleanor Ann', family: 'Whitfield' };
  expect(calledText(name, 'Ellie')).toBe('goes by Ellie');
  expect(calledText(name, 'Eleanor')).toBeNull();
  expect(calledText(name, null)).toBeNull();
});

test('every kind of a chart but the patient has its own place in it', () => {
  const kinds = catalogue.kinds.filter(
    ({ scope, kind }) => scope === 'chart' && kind !== 'patient',
  );
  for (const { kind } of kinds) expect([kind, tabOf(kind)]).not.toEqual([kind, 'summary']);
});
