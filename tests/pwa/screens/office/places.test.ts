import { expect, test } from 'vitest';
import { placesOf, tabsOf } from '../../../../pwa/src/screens/office/places';
import type { Role } from '../../../../pwa/src/store/types';

const names = (role: Role) => placesOf(role).map(({ place }) => place);

test('each role finds the rooms that are theirs', () => {
  expect(names('coordinator')).toEqual(['open']);
  expect(names('clinician')).toEqual(['open']);
  expect(names('administrator')).toEqual(['people', 'devices', 'access', 'retention']);
  expect(names('supervisor')).toHaveLength(7);
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
