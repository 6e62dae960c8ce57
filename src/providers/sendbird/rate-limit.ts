import type { ApiAnswer } from '../../http/exchange.ts';
import { retryAfter } from '../../http/retry.ts';
import type { AssumedLimit, RateLimit } from '../provider.ts';

/** The shortest pause after a 429, ms: Sendbird's own may be a hundredth of a second. */
const FLOOR = 250;

/** The longest that is believed, as for `Retry-After`, ms. */
const LONGEST = 86_400_000;

/** Sendbird states its limits per second (RATE); a header without `w=` is read like that. */
const WINDOW = 1_000;

/** What is taken for the limit before the first answer: `start` calls a second. */
export function assumed(start: number): AssumedLimit {
  return { limit: start, window: WINDOW, perSecond: null };
}

/** More seconds than this are no span but an instant: a century against 1970. */
const EPOCH_SECONDS = 1e9;
const EPOCH_MS = 1e12;

/**
 * The rate limit that an answer's headers tell (`100;w=60`, fractional seconds until the reset:
 * docs/providers/sendbird.md 6); null when they do not.
 */
export function rateLimit({ headers }: ApiAnswer, now: number): RateLimit | null {
  const match = /^(\d{1,9})\s*(?:;\s*w=(\d{1,6}))?/.exec(
    headers['x-ratelimit-limit']?.trim() ?? '',
  );
  const limit = Number(match?.[1] ?? 0);
  const remaining = number(headers['x-ratelimit-remaining']);
  const resetAt = instant(headers['x-ratelimit-reset'], now);
  if (limit === 0 || remaining === null || resetAt === null) return null;
  const window = match?.[2] === undefined ? WINDOW : Math.max(1, Number(match[2])) * 1_000;
  return {
    limit,
    remaining: Math.min(Math.floor(remaining), limit),
    window,
    resetAt: Math.min(Math.max(resetAt, now), now + window),
    perSecond: null,
  };
}

/**
 * When Sendbird says that a refused call may come again (ms), at least `FLOOR` from now. Null: it
 * says nothing.
 */
export function retryAt(answer: ApiAnswer, now: number): number | null {
  const { headers } = answer;
  const told =
    instant(headers['x-ratelimit-retryafter'], now) ?? retryAfter(headers['retry-after'], now);
  if (told !== null) return Math.min(Math.max(told, now + FLOOR), now + LONGEST);
  const limit = answer.status === 429 ? rateLimit(answer, now) : null;
  return limit === null ? null : Math.max(limit.resetAt, now + FLOOR);
}

function instant(value: string | undefined, now: number): number | null {
  const seconds = number(value);
  if (seconds === null) return null;
  if (seconds >= EPOCH_MS) return seconds;
  return seconds >= EPOCH_SECONDS ? seconds * 1_000 : now + Math.ceil(seconds * 1_000);
}

function number(value: string | undefined): number | null {
  const text = value?.split(',')[0]?.trim() ?? '';
  return /^\d{1,15}(?:\.\d+)?$/.test(text) ? Number(text) : null;
}
