import { expect, test } from 'vitest';
import { fieldNamed } from '../../../pwa/src/fields/catalogue';
import { displayField } from '../../../pwa/src/fields/display';
import { wordsOf } from '../../../pwa/src/fields/words';
import type { Json } from '../../../pwa/src/store/types';

function display(kind: string, name: string, value: Json): string {
  const reading = { lang: 'en', words: wordsOf(kind, name, 'en'), nameOf: () => null } as const;
  return displayField(fieldNamed(kind, name)!, value, reading);
}

test('a code is told with the name of its list, not its address', () => {
  const rxnorm = 'http://www.nlm.nih.gov/research/umls/rxnorm';
  expect(display('medication', 'code', { system: rxnorm, code: '314076' })).toBe('RxNorm 314076');
  expect(
    display('condition', 'code', {
      system: 'http://snomed.info/sct',
      code: '38341003',
      display: 'Hypertension',
    }),
  ).toBe('Hypertension · SNOMED CT 38341003');
});

test('a code of a list without a known name stands with its address', () => {
  expect(display('medication', 'code', { system: 'urn:oid:1.2', code: 'x' })).toBe('urn:oid:1.2 x');
});
