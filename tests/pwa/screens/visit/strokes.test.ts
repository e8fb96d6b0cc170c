import { expect, test } from 'vitest';
import {
  BOX,
  inBox,
  isSigned,
  pathOfStroke,
  pathOfStrokes,
} from '../../../../pwa/src/screens/visit/strokes';

/** What the catalogue lets a signature consist of (server/catalogue/declare.py, strokes). */
const ALLOWED = /^[MLQCZ0-9 .,-]*$/;
const wave = Array.from({ length: 200 }, (_, x) => ({
  x: x * 3,
  y: 100 + 60 * Math.sin(x / 9),
}));

test('a stroke begins where the finger did and ends where it left', () => {
  const path = pathOfStroke([
    { x: 10, y: 20 },
    { x: 50, y: 60 },
    { x: 90.4, y: 20.6 },
  ]);
  expect(path).toBe('M10 20Q50 60 70 40L90 21');
});

test('a dot is drawn too', () => {
  expect(pathOfStroke([{ x: 5, y: 5 }])).toBe('M5 5L5 5');
  expect(pathOfStroke([])).toBe('');
});

test('a long signature has the form and the size that the catalogue allows', () => {
  const path = pathOfStrokes([wave, wave, wave]);
  expect(path).toMatch(ALLOWED);
  expect(path.length).toBeLessThan(40_000);
});

test('points of any pad are drawn in the same box', () => {
  expect(inBox({ x: 150, y: 50 }, 300, 100)).toEqual({ x: 300, y: 100 });
  expect(inBox({ x: -9, y: 900 }, 300, 100)).toEqual({ x: 0, y: BOX.height });
});

test('a slip of the thumb is no signature', () => {
  expect(
    isSigned([
      [
        { x: 0, y: 0 },
        { x: 20, y: 0 },
      ],
    ]),
  ).toBe(false);
  expect(isSigned([wave])).toBe(true);
  expect(isSigned([])).toBe(false);
});
