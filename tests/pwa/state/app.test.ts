import { expect, test } from 'vitest';
import { caseload } from '../fake/caseload';
import { FakeServer } from '../fake/server';
import { openPhone } from '../phone';

test('a phone that joined holds the caseload', async () => {
  const phone = await openPhone(new FakeServer(caseload(Date.now())));
  expect(phone.app.phase).toBe('open');
  expect(phone.app.index.patients).toHaveLength(12);
});
