import { expect, test } from 'vitest';
import { hasPlace, placesOf, tabsOf } from '../../../../pwa/src/screens/office/places';
import type { Role } from '../../../../pwa/src/store/types';

const names = (role: Role) => placesOf(role).map(({ place }) => place);

test('each role finds the rooms that are theirs', () => {
  expect(names('coordinator')).toEqual(['open']);
  expect(names('clinician')).toEqual(['open']);
  expect(names('administrator')).toEqual(['people', 'devices', 'access', 'retention', 'restore']);
  expect(names('supervisor')).toHaveLength(8);
});

test('a restore stands first while it is under way, for those who lead', () => {
  expect(placesOf('supervisor', true)[0]!.place).toBe('restore');
  expect(placesOf('supervisor', true)).toHaveLength(8);
  expect(placesOf('supervisor').at(-1)!.place).toBe('restore');
  expect(placesOf('coordinator', true).map(({ place }) => place)).toEqual(['open']);
  expect(hasPlace('administrator', 'restore')).toBe(true);
  expect(hasPlace('clinician', 'restore')).toBe(false);
});

test('only who has no chart by office has rooms of it in the bar of tabs', () => {
  expect(tabsOf('administrator').map(({ place }) => place)).toEqual([
    'people',
    'devices',
    'access',
  ]);
  for (const role of ['coordinator', 'clinician', 'supervisor', undefined] as const)
    expect(tabsOf(role)).toEqual([]);
});
