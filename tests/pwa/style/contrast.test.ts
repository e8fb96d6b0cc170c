/** Every pair of text and ground that the tokens offer can be read: WCAG 2.2 AA, in light and in dark. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const css = readFileSync(join(import.meta.dirname, '../../../pwa/src/style/tokens.css'), 'utf8');
const tokens = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#[\da-f]{6}), (#[\da-f]{6})\)/g)].map(
    ([, name, light, dark]) => [name!, { light: light!, dark: dark! }],
  ),
);

const TEXT = 4.5;
const SHAPE = 3;
const GROUNDS = ['ground', 'surface', 'surface-raised', 'surface-sunken'];
const TONES = ['danger', 'late', 'good', 'unsent', 'contested', 'neutral'];

const pairs: [ink: string, paper: string, least: number][] = [
  ...GROUNDS.flatMap((paper): [string, string, number][] => [
    ['text', paper, TEXT],
    ['text-soft', paper, TEXT],
    ['accent', paper, TEXT],
    ['accent-strong', paper, TEXT],
  ]),
  ...TONES.flatMap((tone): [string, string, number][] => [
    [tone, `${tone}-soft`, TEXT],
    [tone, 'surface', TEXT],
    [tone, 'ground', TEXT],
    ['text', `${tone}-soft`, TEXT],
    ['text-soft', `${tone}-soft`, TEXT],
  ]),
  ['accent-strong', 'accent-soft', TEXT],
  ['accent', 'accent-soft', TEXT],
  ['on-accent', 'accent', TEXT],
  ['on-accent', 'accent-strong', TEXT],
  ['surface', 'contested', TEXT],
  ['ground', 'text', TEXT],
  ['line-strong', 'surface', SHAPE],
  ['line-strong', 'ground', SHAPE],
];

function luminance(hex: string): number {
  const channel = (at: number) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light! + 0.05) / (dark! + 0.05);
}

test('the formula is that of WCAG', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2);
});

describe.each(['light', 'dark'] as const)('%s', (theme) => {
  test.each(pairs)('%s on %s', (ink, paper, least) => {
    expect(contrast(tokens.get(ink)![theme], tokens.get(paper)![theme])).toBeGreaterThanOrEqual(
      least,
    );
  });
});
