import type { ApiAnswer } from '../../http/exchange.ts';
import { retryAfter } from '../../http/retry.ts';
import type { AssumedLimit, RateLimit } from '../provider.ts';

/** Stream's limits count in windows of a minute (docs/providers/stream.md 6). */
const WINDOW = 60_000;

/** DeleteUsers has so few calls a minute (docs/providers/stream.md 6): more are not tried before it tells. */
const DELETIONS = 6;

/** What an operation is taken to allow before its first answer; `start` calls a minute at most. */
export function assumed(operation: string, start: number): AssumedLimit {
  const limit = operation === 'DeleteUsers' ? Math.min(start, DELETIONS) : start;
  return { limit, window: WINDOW, perSecond: perSecond(limit) };
}

/** The rate limit that an answer's headers tell; null when they do not. */
export function rateLimit({ headers }: ApiAnswer, now: number): RateLimit | null {
  const limit = first(headers['x-ratelimit-limit']);
  const remaining = first(headers['x-ratelimit-remaining']);
  const reset = first(headers['x-ratelimit-reset']);
  if (limit === null || limit === 0 || remaining === null || reset === null) return null;
  return windowOf({ limit, remaining, reset }, now);
}

/**
 * A rate limit as Stream tells it, `reset` in epoch seconds: one further away than a window comes
 * from clocks that differ, and is cut to it.
 */
export function windowOf(
  { limit, remaining, reset }: { limit: number; remaining: number; reset: number },
  now: number,
): RateLimit {
  return {
    limit,
    remaining: Math.min(remaining, limit),
    window: WINDOW,
    resetAt: Math.min(Math.max(reset * 1_000, now), now + WINDOW),
    perSecond: perSecond(limit),
  };
}

/** CNET rate_limits.md:66; what its headers look like when it refuses is unconfirmed ([U]). */
function perSecond(limit: number): number {
  return Math.max(1, Math.floor(limit / 30));
}

/**
 * When Stream says that a refused call may come again (ms): `Retry-After` where it is sent (whether
 * it ever is, is unconfirmed: [U]), for a 429 else the reset of its limit if that is used up. Null:
 * it says nothing, or an instant that has passed.
 */
export function retryAt(answer: ApiAnswer, now: number): number | null {
  const told = retryAfter(answer.headers['retry-after'], now);
  if (told !== null && told > now) return told;
  if (answer.status !== 429) return null;
  const limit = rateLimit(answer, now);
  return limit !== null && limit.remaining === 0 && limit.resetAt > now ? limit.resetAt : null;
}

/** The first number of a header: it may be a list (PY rate_limit.py). */
function first(value: string | undefined): number | null {
  const text = value?.split(',')[0]?.trim() ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}
