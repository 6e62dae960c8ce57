import { streamOperations } from '../operations.ts';
import type { Charge } from '../vendor.ts';
import { operationId, streamError } from './errors.ts';

export interface StreamLimits {
  charge(operation: string, now: number): Charge;
  /** Limit, remaining and reset (epoch seconds) of an operation, without counting a call. */
  read(operation: string, now: number): { limit: number; remaining: number; reset: number };
  refusal(operation: string, now: number): NonNullable<Charge['refusal']>;
}

interface Window {
  minute: number;
  inMinute: number;
  second: number;
  inSecond: number;
}

/**
 * Fixed windows of a clock minute per operation, refused calls counted, and a second cap of a
 * thirtieth per second (stream-chat-net rate_limits.md; getstream-ruby specs). [U] what the
 * headers say when the second cap refuses: here they describe the cap, resetting with the
 * second. No Retry-After: only X-RateLimit-Reset is promised.
 */
export function createStreamLimits(rate: number | null): StreamLimits {
  const windows = new Map<string, Window>();
  const perMinute = (operation: string) =>
    rate === null
      ? (streamOperations.find((known) => known.name === operation)?.perMinute ?? 1000)
      : Math.max(1, Math.floor(rate * 60));
  const perSecond = (operation: string) =>
    Math.max(1, Math.floor(rate === null ? perMinute(operation) / 30 : rate));

  const windowAt = (operation: string, now: number): Window => {
    const minute = Math.floor(now / 60_000);
    const second = Math.floor(now / 1000);
    const old = windows.get(operation);
    const window = {
      minute,
      inMinute: old?.minute === minute ? old.inMinute : 0,
      second,
      inSecond: old?.second === second ? old.inSecond : 0,
    };
    windows.set(operation, window);
    return window;
  };

  const read: StreamLimits['read'] = (operation, now) => {
    const { minute, inMinute } = windowAt(operation, now);
    const limit = perMinute(operation);
    return { limit, remaining: Math.max(0, limit - inMinute), reset: (minute + 1) * 60 };
  };

  return {
    read,
    refusal: (operation, now) =>
      refused(operation, perMinute(operation), Math.floor(now / 1000) + 1),
    charge(operation, now) {
      const window = windowAt(operation, now);
      window.inMinute += 1;
      window.inSecond += 1;
      const limit = perMinute(operation);
      if (window.inMinute > limit) {
        return { headers: {}, refusal: refused(operation, limit, (window.minute + 1) * 60) };
      }
      if (window.inSecond > perSecond(operation)) {
        return {
          headers: {},
          refusal: refused(operation, perSecond(operation), window.second + 1),
        };
      }
      return { headers: headersOf(read(operation, now)), refusal: null };
    },
  };
}

/** The operation a client asks about in `endpoints`, by its operation id. */
export function operationOfId(id: string): string | null {
  return streamOperations.find((known) => operationId(known.name) === id)?.name ?? null;
}

function refused(operation: string, limit: number, reset: number) {
  const why = 'Too many requests, check response headers for more information.';
  return streamError(429, 9, operation, why, {
    headers: headersOf({ limit, remaining: 0, reset }),
  });
}

function headersOf(state: { limit: number; remaining: number; reset: number }) {
  return {
    'X-RateLimit-Limit': String(state.limit),
    'X-RateLimit-Remaining': String(state.remaining),
    'X-RateLimit-Reset': String(state.reset),
  };
}
