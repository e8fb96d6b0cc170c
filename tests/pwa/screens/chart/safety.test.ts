import { expect, test } from 'vitest';
import { safetyOf } from '../../../../pwa/src/screens/chart/safety';
import type { RecordShown } from '../../../../pwa/src/store/types';
import { contest, record } from '../rows';

function safety(allergies: RecordShown[], patient: RecordShown['fields'] = {}) {
  // As a chart is: what it lists is its own, and must be asked of it.
  class Chart {
    readonly #allergies = allergies;
    readonly patient = record('patient', patient);

    of(): RecordShown[] {
      return this.#allergies;
    }
  }
  return safetyOf(new Chart());
}

const allergy = (substance: string, fields: RecordShown['fields'] = {}, contested = {}) =>
  record('allergy', { substance, ...fields }, { contested });

test('standing allergies are told, the gravest first', () => {
  const { allergies } = safety([
    allergy('Latex'),
    allergy('Penicillin', { criticality: 'high', clinical_status: 'active' }),
    allergy('Eggs', { clinical_status: 'resolved' }),
    allergy('Dust', { verification_status: 'refuted' }),
    allergy('Nuts', { verification_status: 'unconfirmed' }),
  ]);
  expect(allergies).toEqual(['Penicillin', 'Latex', 'Nuts']);
});

test('while it is contested whether an allergy is over, it warns; a contested substance warns of each', () => {
  const { allergies } = safety([
    allergy(
      'Eggs',
      { verification_status: 'refuted' },
      { verification_status: contest('refuted', 'confirmed') },
    ),
    allergy('Amoxicillin', {}, { substance: contest('Amoxicillin', 'Ampicillin') }),
  ]);
  expect(allergies).toEqual(['Eggs', 'Amoxicillin / Ampicillin']);
});

test('“no known allergies” is said only when somebody stated it and no allergy stands', () => {
  expect(safety([], { no_known_allergies: 'stated' }).noneStated).toBe(true);
  expect(safety([], {}).noneStated).toBe(false);
  expect(safety([allergy('Latex')], { no_known_allergies: 'stated' }).noneStated).toBe(false);
});
