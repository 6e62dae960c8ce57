import type { OperationLimiter, RateLimit, RateLimiter } from '../../src/providers/provider.ts';

/** What was asked of a rateLimiter: lanes that were entered, in order, and what was told about them. */
export interface Diary {
  readonly limiters: string[];
  readonly learnt: Map<string, RateLimit>;
  readonly refused: [limiter: string, told: RateLimit | null, retryAt: number | null][];
}

/** A rateLimiter that holds nobody back. */
export function freePace(
  diary: Diary = { limiters: [], learnt: new Map(), refused: [] },
): RateLimiter {
  return {
    limiter: (name): OperationLimiter => ({
      admit() {
        diary.limiters.push(name);
        return null;
      },
      turnAt: () => null,
      enter: async () => {
        diary.limiters.push(name);
      },
      learn: (limit) => void diary.learnt.set(name, limit),
      refused: (told, retryAt) => void diary.refused.push([name, told, retryAt]),
      get limit() {
        return diary.learnt.get(name) ?? null;
      },
    }),
  };
}
