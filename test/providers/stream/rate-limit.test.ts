import { describe, expect, test } from 'vitest';
import { assumed, rateLimit, retryAt } from '../../../src/providers/stream/rate-limit.ts';

const now = 1_795_348_800_000;
const answer = (headers: Record<string, string>, status = 429) => ({ status, headers, text: '' });
const told = (limit: string, remaining: string, reset: string) => ({
  'x-ratelimit-limit': limit,
  'x-ratelimit-remaining': remaining,
  'x-ratelimit-reset': reset,
});

describe('rateLimit', () => {
  test.each([
    [told('60', '59', '1795348830'), 60, 59, now + 30_000],
    [told('60, 2', '59, 1', '1795348830, 1795348801'), 60, 59, now + 30_000],
    [told('60', '99', '1795348830'), 60, 60, now + 30_000],
    [told('60', '0', '1795352400'), 60, 0, now + 60_000],
    [told('60', '0', '1795348000'), 60, 0, now],
  ])('%j', (headers, limit, remaining, resetAt) => {
    expect(rateLimit(answer(headers), now)).toEqual({
      limit,
      remaining,
      resetAt,
      window: 60_000,
      perSecond: 2,
    });
  });

  test.each([
    [{}],
    [told('60', '59', '')],
    [told('0', '0', '1795348830')],
    [told('many', '59', '1795348830')],
    [told('60', '-1', '1795348830')],
    [told('60', '1', 'soon')],
    [told('1e3', '1', '1795348830')],
  ])('%j says nothing', (headers) => {
    expect(rateLimit(answer(headers), now)).toBeNull();
  });
});

describe('retryAt', () => {
  test.each([
    [{ 'retry-after': '5' }, 429, now + 5_000],
    [{ 'retry-after': '5' }, 503, now + 5_000],
    [{ ...told('60', '0', '1795348830'), 'retry-after': '5' }, 429, now + 5_000],
    [told('60', '0', '1795348830'), 429, now + 30_000],
    [told('60', '30', '1795348830'), 503, null],
    [told('60', '30', '1795348830'), 429, null],
    [told('60', '0', '1795348000'), 429, null],
    [{ 'retry-after': 'Sun, 22 Nov 2026 12:00:09 GMT' }, 429, now + 9_000],
    [{}, 429, null],
  ])('%j with %i', (headers, status, expected) => {
    expect(retryAt(answer(headers, status), now)).toBe(expected);
  });
});

test.each([
  ['ExportUsers', 60, 60, 2],
  ['ExportUsers', 3_000, 3_000, 100],
  ['DeleteUsers', 60, 6, 1],
  ['DeleteUsers', 3, 3, 1],
])(
  '%s is taken to allow, at a start of %i: %i a minute, %i a second',
  (operation, start, limit, perSecond) => {
    expect(assumed(operation, start)).toEqual({ limit, window: 60_000, perSecond });
  },
);
