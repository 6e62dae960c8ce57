import type { ApiAnswer } from '../../http/exchange.ts';
import { retryAfter } from '../../http/retry-after.ts';
import type { RateLimit } from '../provider.ts';

/** Stream's limits count in windows of a minute (api/stream.md section 6). */
const WINDOW = 60_000;

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
    // CNET rate_limits.md:66; what its headers look like when it refuses is unconfirmed ([U]).
    perSecond: Math.max(1, Math.floor(limit / 30)),
  };
}

/**
 * When Stream says that a refused call may come again (ms): `Retry-After` where it is sent (whether
 * it ever is, is unconfirmed: [U]), for a 429 else the reset of its limit. Null: it says nothing, or an instant that has passed.
 */
export function retryAt(answer: ApiAnswer, now: number): number | null {
  const told = retryAfter(answer.headers['retry-after'], now);
  if (told !== null && told > now) return told;
  if (answer.status !== 429) return null;
  const limit = rateLimit(answer, now);
  return limit !== null && limit.resetAt > now ? limit.resetAt : null;
}

/** The first number of a header: it may be a list (PY rate_limit.py). */
function first(value: string | undefined): number | null {
  const text = value?.split(',')[0]?.trim() ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}
