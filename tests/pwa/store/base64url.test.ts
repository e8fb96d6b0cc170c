import { expect, test } from 'vitest';
import { fromBase64url, toBase64url } from '../../../pwa/src/store/base64url';

test('bytes of every length come back as they were, without padding', () => {
  for (let length = 0; length < 70; length += 1) {
    const bytes = crypto.getRandomValues(new Uint8Array(length));
    const text = toBase64url(bytes.buffer);
    expect(text).toBe(Buffer.from(bytes).toString('base64url'));
    expect(fromBase64url(text)).toEqual(bytes);
  }
});

test('what is no base64url is no bytes', () => {
  expect(() => fromBase64url('a*b')).toThrow();
});
