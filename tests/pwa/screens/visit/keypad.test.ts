import { expect, test } from 'vitest';
import { isPressureFull, press, type KeyPress } from '../../../../pwa/src/screens/visit/keypad';

const typed = (keys: KeyPress[], digits: number): string =>
  keys.reduce((text, key) => press(text, key, '.', digits), '');

test('digits and one decimal sign make a reading', () => {
  expect(typed(['9', '8', 'sign', '6'], 1)).toBe('98.6');
  expect(typed(['sign', '5'], 1)).toBe('0.5');
  expect(typed(['9', 'sign', 'sign', '6'], 1)).toBe('9.6');
});

test('no more of a fraction than the unit has, and none where it has none', () => {
  expect(typed(['9', '8', 'sign', '6', '4'], 1)).toBe('98.6');
  expect(typed(['7', '2', 'sign', '5'], 0)).toBe('725');
});

test('a leading zero gives way, and erasing takes the last key back', () => {
  expect(typed(['0', '7'], 0)).toBe('7');
  expect(typed(['7', '2', 'erase'], 0)).toBe('7');
  expect(typed(['erase'], 0)).toBe('');
});

test('the thumb need not move on from a whole upper pressure', () => {
  expect(isPressureFull('12')).toBe(false);
  expect(isPressureFull('128')).toBe(true);
  expect(isPressureFull('98')).toBe(true);
  expect(isPressureFull('9')).toBe(false);
});
