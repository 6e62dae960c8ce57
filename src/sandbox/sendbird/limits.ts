import { sendbirdOperations } from '../operations.ts';
import type { Refusal } from '../refusal.ts';
import type { Charge } from '../vendor.ts';
import { sendbirdError } from './errors.ts';

export interface SendbirdLimits {
  charge(operation: string, now: number): Charge;
  refusal(operation: string, now: number): Refusal;
}

/** The plan of 100K+ monthly users, so that an ordinary run is not slowed (rate-limits page). */
const PER_SECOND = { read: 600, write: 200 };

/**
 * Windows per endpoint: both registrations share one. `X-RateLimit-Limit` is `<calls>;w=<s>`,
 * Reset and RetryAfter are fractional seconds from now. [U] whether the windows are fixed or
 * sliding: fixed.
 */
export function createSendbirdLimits(rate: number | null): SendbirdLimits {
  const windows = new Map<string, { window: number; count: number }>();

  const planOf = (operation: string) => {
    const known = sendbirdOperations.find((candidate) => candidate.name === operation);
    const read = known?.method === 'GET';
    const wanted = rate ?? (read ? PER_SECOND.read : PER_SECOND.write);
    return {
      key: known ? `${known.method} ${known.path}` : operation,
      limit: Math.max(1, Math.floor(wanted)),
      seconds: wanted < 1 ? Math.ceil(1 / wanted) : 1,
    };
  };

  const state = (operation: string, now: number) => {
    const plan = planOf(operation);
    const length = plan.seconds * 1000;
    const window = Math.floor(now / length);
    const old = windows.get(plan.key);
    const count = old?.window === window ? old.count : 0;
    return { ...plan, window, count, reset: ((window + 1) * length - now) / 1000 };
  };

  const refusal: SendbirdLimits['refusal'] = (operation, now) => {
    const { limit, seconds, reset } = state(operation, now);
    const until = reset.toFixed(6);
    return sendbirdError(
      500910,
      `Too many requests (scope: app, limit: ${limit};w=${seconds}, remaining: 0, retry_after: ${until}s, reset: ${until}s)`,
      429,
      { ...headersOf(limit, seconds, 0, until), 'X-RateLimit-RetryAfter': until },
    );
  };

  return {
    refusal,
    charge(operation, now) {
      const { key, window, count, limit, seconds, reset } = state(operation, now);
      windows.set(key, { window, count: count + 1 });
      if (count >= limit) return { headers: {}, refusal: refusal(operation, now) };
      const headers = headersOf(limit, seconds, limit - count - 1, reset.toFixed(6));
      return { headers, refusal: null };
    },
  };
}

function headersOf(limit: number, seconds: number, remaining: number, reset: string) {
  return {
    'X-RateLimit-Limit': `${limit};w=${seconds}`,
    'X-RateLimit-Remaining': String(remaining),
    'X-RateLimit-Reset': reset,
  };
}
