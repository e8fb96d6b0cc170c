import { expect, test } from 'vitest';
import { syncSign } from '../../../pwa/src/screens/sync-sign';

const calm = {
  phase: 'idle',
  unsent: 0,
  error: null,
  detail: null,
  lastContact: 1,
  restored: null,
} as const;

test('what must be acted on comes before what only waits', () => {
  expect(syncSign({ ...calm, unsent: 3, error: 'refused' })).toMatchObject({
    what: 'error',
    tone: 'danger',
  });
  expect(syncSign({ ...calm, unsent: 3, phase: 'sending' }).what).toBe('working');
  expect(syncSign({ ...calm, unsent: 3 })).toMatchObject({
    what: 'unsent',
    text: '3 changes not sent',
  });
});

test('being offline is no fault, and says what waits', () => {
  expect(syncSign({ ...calm, error: 'offline' })).toMatchObject({
    tone: 'neutral',
    text: 'Offline',
  });
  expect(syncSign({ ...calm, error: 'offline', unsent: 1 }).text).toBe(
    'Offline · 1 change not sent',
  );
});

test('an office that answers that it cannot go on is not called a lost signal', () => {
  const sign = syncSign({ ...calm, error: 'offline', detail: 'The server is busy.', unsent: 1 });
  expect(sign).toMatchObject({ what: 'waiting', text: 'Waiting to sync · 1 change not sent' });
});

test('a phone that never spoke with the server is not up to date', () => {
  expect(syncSign({ ...calm, lastContact: null }).what).toBe('waiting');
  expect(syncSign(calm)).toMatchObject({ what: 'ok', tone: 'good' });
});

test('a phone that follows a restored office is not up to date before it has', () => {
  const restored = { stage: 'offering', done: 0, total: null } as const;
  expect(syncSign({ ...calm, restored }).what).toBe('waiting');
  expect(syncSign({ ...calm, restored, phase: 'sending' }).what).toBe('working');
});
