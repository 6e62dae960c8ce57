import { endpoints } from '../operations.ts';
import type { ErrorAnswer, ReceivedCall } from '../vendor.ts';
import { createWindows } from '../windows.ts';
import { operationId, streamError } from './errors.ts';
import type { StreamHandler } from './users.ts';

const MINUTE = 60_000;
const SECOND = 1000;

/** Limit, remaining and reset (epoch seconds) of an operation. */
interface LimitState {
  limit: number;
  remaining: number;
  reset: number;
}

export type StreamLimits = ReturnType<typeof createStreamLimits>;

/**
 * Fixed windows of a clock minute per operation, refused calls counted, and a second cap of a
 * thirtieth per second (stream-chat-net rate_limits.md; getstream-ruby specs). [U] what the
 * headers say when the second cap refuses: here they describe the cap, resetting with the
 * second. No Retry-After: only X-RateLimit-Reset is promised.
 */
export function createStreamLimits(rate: number | null) {
  const minutes = createWindows();
  const seconds = createWindows();
  const perMinute = (operation: string) =>
    rate === null
      ? (endpoints.find(({ name }) => name === operation)?.perMinute ?? 1000)
      : Math.max(1, Math.floor(rate * 60));
  const perSecond = (operation: string) =>
    Math.max(1, Math.floor(rate === null ? perMinute(operation) / 30 : rate));

  return {
    /** Without counting a call. */
    read(operation: string, now: number): LimitState {
      const { count, end } = minutes(operation, MINUTE, now);
      const limit = perMinute(operation);
      return { limit, remaining: Math.max(0, limit - count), reset: end / SECOND };
    },
    refusal: (operation: string, now: number) =>
      refused(operation, perMinute(operation), seconds(operation, SECOND, now).end),
    charge(operation: string, now: number): Record<string, string> {
      const minute = minutes(operation, MINUTE, now, 1);
      const second = seconds(operation, SECOND, now, 1);
      const limit = perMinute(operation);
      if (minute.count > limit) throw refused(operation, limit, minute.end);
      const cap = perSecond(operation);
      if (second.count > cap) throw refused(operation, cap, second.end);
      return headersOf({ limit, remaining: limit - minute.count, reset: minute.end / SECOND });
    },
  };
}

function refused(operation: string, limit: number, end: number): ErrorAnswer {
  const why = 'Too many requests, check response headers for more information.';
  const headers = headersOf({ limit, remaining: 0, reset: end / SECOND });
  return streamError(429, 9, operation, why, { headers });
}

function headersOf({ limit, remaining, reset }: LimitState): Record<string, string> {
  return {
    'X-RateLimit-Limit': String(limit),
    'X-RateLimit-Remaining': String(remaining),
    'X-RateLimit-Reset': String(reset),
  };
}

const PLATFORMS = ['android', 'ios', 'web', 'unity', 'server_side'];

/**
 * GetRateLimits and its feeds twin. Only the server side has calls here, so the other platforms
 * are empty maps. [U] without a platform flag all platforms are given; unknown operation ids
 * are left out. Asking counts against nothing but itself.
 */
function rateLimits(feeds: boolean): StreamHandler {
  return (call, { limits }) => {
    const asked = PLATFORMS.filter((platform) => call.query.get(platform) === 'true');
    const entries = namesAsked(call, feeds).map((name) => [
      operationId(name),
      limits.read(name, call.now),
    ]);
    const told: Record<string, unknown> = { server_side: Object.fromEntries(entries) };
    const maps = (asked.length > 0 ? asked : PLATFORMS).map((name) => [name, told[name] ?? {}]);
    return { status: 200, body: Object.fromEntries(maps) };
  };
}

export const getRateLimits = rateLimits(false);
export const getFeedsRateLimits = rateLimits(true);

/** The operations asked about in `endpoints`, by their operation ids; all if none are named. */
function namesAsked(call: ReceivedCall, feeds: boolean): string[] {
  // [U] whether either call knows the other's operations: the general one knows all.
  const known = endpoints
    .filter(({ path }) => path.startsWith(feeds ? '/api/v2/feeds/' : '/api/v2/'))
    .map(({ name }) => name);
  const asked = call.query.get('endpoints');
  if (!asked) return known;
  return asked
    .split(',')
    .flatMap((id) => known.find((name) => operationId(name) === id.trim()) ?? []);
}
