import { expect, test } from 'vitest';
import { placesOf } from '../../../../pwa/src/screens/office/places';
import type { Role } from '../../../../pwa/src/store/types';

const names = (role: Role) => placesOf(role).map(({ place }) => place);

test('each role finds the rooms that are theirs', () => {
  expect(names('coordinator')).toEqual(['open']);
  expect(names('clinician')).toEqual(['open']);
  expect(names('administrator')).toEqual(['people', 'devices', 'access', 'retention']);
  expect(names('supervisor')).toHaveLength(7);
});
