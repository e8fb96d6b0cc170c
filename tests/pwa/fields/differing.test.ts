import { expect, test } from 'vitest';
import { differing } from '../../../pwa/src/fields/differing';

test('the sentences that another text lacks stand out, the others do not', () => {
  expect(differing('Walks. Sleeps badly. Eats well.', ['Walks. Sleeps well. Eats well.'])).toEqual([
    { text: 'Walks. ', differs: false },
    { text: 'Sleeps badly. ', differs: true },
    { text: 'Eats well.', differs: false },
  ]);
});

test('a sentence must stand in every other text, and its place does not matter', () => {
  const passages = differing('Eats. Walks.', ['Walks. Eats.', 'Eats.']);
  expect(passages).toEqual([
    { text: 'Eats. ', differs: false },
    { text: 'Walks.', differs: true },
  ]);
});

test('with nothing beside it nothing differs', () => {
  expect(differing('Walks.', [])).toEqual([{ text: 'Walks.', differs: false }]);
  expect(differing('', ['Walks.'])).toEqual([]);
});
