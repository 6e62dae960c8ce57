import { endpoints } from '../operations.ts';
import type { ErrorAnswer } from '../vendor.ts';
import { createWindows } from '../windows.ts';
import { sendbirdError } from './input.ts';

/** The plan of 100K+ monthly users, so that an ordinary run is not slowed (rate-limits page). */
const PER_SECOND = { read: 600, write: 200 };

/**
 * Windows per endpoint: both registrations share one. `X-RateLimit-Limit` is `<calls>;w=<s>`,
 * Reset and RetryAfter are fractional seconds from now. [U] whether the windows are fixed or
 * sliding: fixed.
 */
export function createSendbirdLimits(rate: number | null) {
  const windows = createWindows();

  const planOf = (operation: string) => {
    const known = endpoints.find(({ name }) => name === operation);
    const wanted = rate ?? (known?.method === 'GET' ? PER_SECOND.read : PER_SECOND.write);
    return {
      key: known ? `${known.method} ${known.path}` : operation,
      limit: Math.max(1, Math.floor(wanted)),
      seconds: wanted < 1 ? Math.ceil(1 / wanted) : 1,
    };
  };

  const refusal = (operation: string, now: number): ErrorAnswer => {
    const { key, limit, seconds } = planOf(operation);
    const until = untilEnd(windows(key, seconds * 1000, now).end, now);
    return sendbirdError(
      500910,
      `Too many requests (scope: app, limit: ${limit};w=${seconds}, remaining: 0, retry_after: ${until}s, reset: ${until}s)`,
      429,
      { ...headersOf(limit, seconds, 0, until), 'X-RateLimit-RetryAfter': until },
    );
  };

  return {
    refusal,
    charge(operation: string, now: number): Record<string, string> {
      const { key, limit, seconds } = planOf(operation);
      const { count, end } = windows(key, seconds * 1000, now, 1);
      if (count > limit) throw refusal(operation, now);
      return headersOf(limit, seconds, limit - count, untilEnd(end, now));
    },
  };
}

function untilEnd(end: number, now: number): string {
  return ((end - now) / 1000).toFixed(6);
}

function headersOf(limit: number, seconds: number, remaining: number, reset: string) {
  return {
    'X-RateLimit-Limit': `${limit};w=${seconds}`,
    'X-RateLimit-Remaining': String(remaining),
    'X-RateLimit-Reset': reset,
  };
}
