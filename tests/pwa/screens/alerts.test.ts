import { expect, test } from 'vitest';
import { alertsOf } from '../../../pwa/src/screens/alerts';

test('the gravest alert comes first; one without a severity before the slight ones', () => {
  const alerts = [
    { category: 'pet', severity: 'low', text: 'Two cats.' },
    { category: 'other', severity: null, text: 'Rings once.' },
    { category: 'oxygen', severity: 'high', text: 'Oxygen.' },
    { category: 'fall-risk', severity: 'medium', text: 'Loose rug.' },
  ];
  expect(alertsOf(alerts).map(({ text }) => text)).toEqual([
    'Oxygen.',
    'Loose rug.',
    'Rings once.',
    'Two cats.',
  ]);
  expect(alertsOf(alerts)[0]).toEqual({
    text: 'Oxygen.',
    category: 'oxygen',
    isHigh: true,
  });
});

test('what is no alert is left out', () => {
  expect(alertsOf(null)).toEqual([]);
  expect(alertsOf(['text', { category: 'pet' }, null])).toEqual([]);
});
