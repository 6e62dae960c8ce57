import { describe, expect, test } from 'vitest';
import { rateLimit, retryAt } from '../../../src/providers/sendbird/rate-limit.ts';

const now = 1_795_348_800_000;
const answer = (headers: Record<string, string>, status = 429) => ({ status, headers, text: '' });
const told = (limit: string, remaining: string, reset: string) => ({
  'x-ratelimit-limit': limit,
  'x-ratelimit-remaining': remaining,
  'x-ratelimit-reset': reset,
});

describe('rateLimit', () => {
  test.each([
    [told('100;w=60', '99', '12.5'), 100, 99, 60_000, 12_500],
    [told('100; w=60', '99', '12.5'), 100, 99, 60_000, 12_500],
    [told('10;w=1', '0', '0.969'), 10, 0, 1_000, 969],
    [told('10', '9', '0.5'), 10, 9, 1_000, 500],
    [told('10;w=60', '9', '1795348830'), 10, 9, 60_000, 30_000],
    [told('10;w=60', '9', '1795348830000'), 10, 9, 60_000, 30_000],
    [told('10;w=1', '9', '3600'), 10, 9, 1_000, 1_000],
    [told('10;w=60', '9', '1795348000'), 10, 9, 60_000, 0],
  ])('%j', (headers, limit, remaining, window, reset) => {
    expect(rateLimit(answer(headers), now)).toEqual({
      perSecond: null,
      limit,
      remaining,
      window,
      resetAt: now + reset,
    });
  });

  test.each([
    [{}],
    [told('0;w=1', '0', '1')],
    [told('ten', '0', '1')],
    [told('10;w=1', '-1', '1')],
    [told('10;w=1', '1', 'soon')],
  ])('%j says nothing', (headers) => {
    expect(rateLimit(answer(headers), now)).toBeNull();
  });
});

describe('retryAt', () => {
  test.each([
    [{ 'x-ratelimit-retryafter': '0.0697' }, 429, 250],
    [{ 'x-ratelimit-retryafter': '0' }, 429, 250],
    [{ 'x-ratelimit-retryafter': '2.25' }, 429, 2_250],
    [{ 'x-ratelimit-retryafter': '1795348802.5' }, 429, 2_500],
    [{ 'x-ratelimit-retryafter': '1795348802500' }, 429, 2_500],
    [{ 'x-ratelimit-retryafter': '2', ...told('10;w=1', '0', '0.9') }, 429, 2_000],
    [told('10;w=1', '0', '0.9'), 429, 900],
    [told('10;w=1', '0', '0.01'), 429, 250],
    [{ 'retry-after': '3' }, 503, 3_000],
    [told('10;w=1', '5', '0.9'), 503, null],
    [{ 'x-ratelimit-retryafter': 'soon' }, 429, null],
    [{}, 429, null],
  ])('%j with %i', (headers, status, after) => {
    expect(retryAt(answer(headers, status), now)).toBe(after === null ? null : now + after);
  });
});
