import { expect, test } from 'vitest';
import { retryAfter } from '../../src/http/retry.ts';

const now = Date.UTC(2026, 10, 22, 12);

test.each([
  [undefined, null],
  ['', null],
  ['30', now + 30_000],
  ['0', now],
  ['0.07', now + 70],
  ['-1', null],
  ['soon', null],
  ['1e9', null],
  ['Sun, 22 Nov 2026 12:01:00 GMT', now + 60_000],
  ['Sun, nonsense', null],
])('%j', (value, expected) => {
  expect(retryAfter(value, now)).toBe(expected);
});
