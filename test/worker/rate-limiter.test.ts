import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { OperationLimiter, RateLimit } from '../../src/providers/provider.ts';
import { createRateLimiter } from '../../src/worker/rate-limiter.ts';
import { quietClock } from './stage.ts';

const MINUTE = 60_000;
const { signal } = new AbortController();

interface Told {
  limit: number;
  remaining?: number;
  left?: number;
  window?: number;
  perSecond?: number | null;
}

/** A lane of which a limit is told, at 9 o'clock. */
function limiter(share: number, ...tells: readonly Told[]) {
  const clock = quietClock();
  const start = clock.now();
  const rateLimiter = createRateLimiter(clock, share);
  const users = rateLimiter.limiter('users', { limit: 60, window: MINUTE, perSecond: 2 });
  const limit = (told: Told): RateLimit => {
    const { window = MINUTE } = told;
    return {
      limit: told.limit,
      remaining: told.remaining ?? told.limit,
      window,
      resetAt: clock.now() + (told.left ?? window),
      perSecond: told.perSecond ?? null,
    };
  };
  for (const each of tells) users.learn(limit(each));
  const since = (): number => clock.now() - start;
  return { clock, rateLimiter, users, limit, since, leave: (n: number) => leave(users, n, since) };
}

/** When each of `n` calls, all asked for at once, may leave. */
function leave(users: OperationLimiter, n: number, since: () => number): Promise<number[]> {
  return Promise.all(
    Array.from({ length: n }, async () => {
      await users.enter(signal);
      return since();
    }),
  );
}

/** The most of these instants that lie in any `span` ms. */
function densest(times: readonly number[], span: number): number {
  return Math.max(
    ...times.map((from) => times.filter((at) => at >= from && at < from + span).length),
  );
}

describe('a window', () => {
  it('is used by its share, and the rest is left to others', async () => {
    const times = await limiter(0.8, { limit: 10 }).leave(20);
    expect(times.filter((at) => at === 0)).toHaveLength(8);
    expect(times.filter((at) => at === MINUTE)).toHaveLength(8);
    expect(times.filter((at) => at === 2 * MINUTE)).toHaveLength(4);
  });

  it('counts what others have used already', async () => {
    const times = await limiter(0.8, { limit: 10, remaining: 4, left: 5_000 }).leave(3);
    expect(times).toEqual([0, 0, 5_000]);
  });

  it('is waited for when nothing is left of the one before', async () => {
    const { leave: go } = limiter(1, { limit: 10, remaining: 0, left: 1_234 });
    expect(await go(1)).toEqual([1_234]);
  });

  it('has one call at least', async () => {
    expect(await limiter(0.01, { limit: 6 }).leave(3)).toEqual([0, MINUTE, 2 * MINUTE]);
  });

  it('keeps its borders when it is over before anybody calls', async () => {
    const { clock, leave: go } = limiter(1, { limit: 2, left: 10_000 });
    clock.advance(25_000);
    expect(await go(3)).toEqual([25_000, 25_000, 70_000]);
  });

  it('is of one lane, and not of another', async () => {
    const { rateLimiter, clock } = limiter(1, { limit: 1, remaining: 0 });
    const feeds = rateLimiter.limiter('feeds', { limit: 60, window: MINUTE, perSecond: null });
    await feeds.enter(signal);
    expect(clock.pauses).toEqual([]);
    expect(rateLimiter.limiter('feeds', { limit: 1, window: 1, perSecond: 1 })).toBe(feeds);
  });

  it('calls that are under way are not forgotten when an answer comes', async () => {
    const { users, limit, leave: go } = limiter(1, { limit: 10 });
    await go(5);
    // The answer to the first of them: the four others have not been counted there yet.
    users.learn(limit({ limit: 10, remaining: 9 }));
    const times = await go(6);
    expect(times.filter((at) => at === 0)).toHaveLength(5);
  });

  it('the provider is believed when it has less than we thought', async () => {
    const { leave: go } = limiter(1, { limit: 10 }, { limit: 10, remaining: 1 });
    expect(await go(2)).toEqual([0, MINUTE]);
  });

  it('an answer about the window before says nothing about this one', async () => {
    const { clock, users, limit, leave: go } = limiter(1, { limit: 3, left: 1_000 });
    const late = limit({ limit: 3, remaining: 0, left: 1_000 });
    clock.advance(1_500);
    await go(1);
    users.learn(late);
    expect(await go(2)).toEqual([1_500, 1_500]);
  });

  it('another limit is not mistaken for the same window', async () => {
    const { leave: go } = limiter(1, { limit: 2, remaining: 0 }, { limit: 60, remaining: 50 });
    expect(await go(50)).toEqual(Array.from({ length: 50 }, () => 0));
  });

  it('without length does not spin', async () => {
    const { clock, leave: go } = limiter(1, { limit: 1, remaining: 0, window: 0 });
    await go(1);
    expect(clock.pauses).toEqual([]);
  });
});

describe("a second's cap", () => {
  it('calls leave at equal distances, a few percent below it', async () => {
    const { clock, users, leave: go } = limiter(1, { limit: 1_200, perSecond: 20 });
    expect([users.admit(), users.admit()]).toEqual([null, clock.now() + 1_000 / 19.6]);
    const times = await go(200);
    expect(times.at(-1)).toBe(Math.ceil((200 * 1_000) / 19.6));
    expect(densest(times, 1_000)).toBeLessThanOrEqual(20);
    expect(densest(times, 100)).toBeLessThanOrEqual(3);
  });

  it('is shared like everything else', async () => {
    const times = await limiter(0.5, { limit: 1_200, perSecond: 20 }).leave(100);
    expect(times.at(-1)).toBeCloseTo(99 * 100, 0);
  });

  it('holds for windows that are that short, too', async () => {
    const times = await limiter(1, { limit: 5, window: 1_000 }).leave(20);
    expect(densest(times, 1_000)).toBeLessThanOrEqual(5);
    expect(times.at(-1)).toBeLessThan((20 * 1_000) / 5 + 200);
  });

  it('what left late is made up for, and never more than the cap in any second', () => {
    const { clock, users } = limiter(1, { limit: 12_000, perSecond: 200 });
    const times: number[] = [];
    for (let ms = 0; ms < 5_000; ms += 1) {
      // Timers are 90 ms late, again and again.
      if (ms % 91 === 0) while (users.admit() === null) times.push(clock.now());
      clock.advance(1);
    }
    expect(densest(times, 1_000)).toBeLessThanOrEqual(200);
    expect(times.length).toBeGreaterThan(5 * 185);
  });

  it('nobody is ahead of the schedule after a while without calls', () => {
    const { clock, users } = limiter(1, { limit: 1_200, perSecond: 20 });
    users.admit();
    clock.advance(5_000);
    expect(users.admit()).toBeNull();
    expect(users.admit()).not.toBeNull();
  });

  test('at any share and cap: no window sees more than it allows, and nearly all is used', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.double({ min: 0.1, max: 1, noNaN: true }),
        fc.array(fc.integer({ min: 1, max: 80 }), { minLength: 1, maxLength: 20 }),
        (perSecond, share, naps) => {
          const { clock, users, since } = limiter(share, { limit: 1_000_000, perSecond });
          const times: number[] = [];
          for (let turn = 0; since() < 4_000; turn += 1) {
            while (users.admit() === null) times.push(since());
            clock.advance(naps[turn % naps.length] ?? 1);
          }
          expect(densest(times, 1_000)).toBeLessThanOrEqual(Math.ceil(perSecond * share));
          const fair = (4_000 / 1_000) * perSecond * Math.min(share, 0.98);
          expect(times.length).toBeGreaterThan(0.9 * fair - 4);
        },
      ),
    );
  });
});

describe('before the first answer', () => {
  it('a lane goes as fast as is assumed, and knows nothing', async () => {
    const { users, leave: go } = limiter(1);
    expect(users.limit).toBeNull();
    const times = await go(61);
    expect(densest(times, 1_000)).toBeLessThanOrEqual(2);
    expect(densest(times, MINUTE)).toBeLessThanOrEqual(60);
  });

  it('who waits goes as soon as an answer tells of more', async () => {
    const { clock, users, limit, leave: go } = limiter(1);
    const answered = async (): Promise<void> => {
      await clock.sleep(150);
      users.learn(limit({ limit: 12_000, perSecond: 400 }));
    };
    const [times] = await Promise.all([go(20), answered()]);
    expect(times.slice(0, 2)).toEqual([0, 150]);
    expect(times.at(-1)).toBeLessThan(150 + 20 * 3);
    expect(users.limit).toMatchObject({ limit: 12_000, perSecond: 400 });
  });
});

describe('a refusal', () => {
  it('holds the lane for as long as the provider says', async () => {
    const { users, limit, clock, leave: go } = limiter(1, { limit: 60, remaining: 56 });
    users.refused(limit({ limit: 60, remaining: 0, left: 1_000 }), clock.now() + 1_000);
    expect(await go(1)).toEqual([1_000]);
  });

  it('for a day holds a lane for a window: the run judges the rest', async () => {
    const { users, clock, leave: go } = limiter(1, { limit: 60, remaining: 56 });
    users.refused(null, clock.now() + 86_400_000);
    expect(await go(1)).toEqual([MINUTE]);
  });

  it('of a smaller limit that ends within the second tells the cap of a second', async () => {
    const { users, limit, leave: go } = limiter(1, { limit: 1_200, perSecond: 40 });
    users.refused(limit({ limit: 20, remaining: 0, left: 700 }), null);
    expect(users.limit).toMatchObject({ limit: 1_200, perSecond: 20 });
    // The next good answer says what it always says.
    users.learn(limit({ limit: 1_200, remaining: 1_150, perSecond: 40 }));
    const times = await go(40);
    expect(times[0]).toBe(700);
    expect(densest(times, 1_000)).toBeLessThanOrEqual(20);
    users.learn(limit({ limit: 6_000, perSecond: 200 }));
    expect(users.limit).toMatchObject({ perSecond: 200 });
  });

  it('of a window that is used up closes it', async () => {
    const { users, limit, leave: go } = limiter(1, { limit: 60, remaining: 30 });
    users.refused(limit({ limit: 60, remaining: 0, left: 20_000 }), null);
    expect(await go(1)).toEqual([20_000]);
  });

  it.each([
    ['nothing', null],
    ['that there is room', { limit: 1_200, remaining: 700 }],
  ])('that tells %s slows down, and answers speed up again', async (_, told) => {
    const { clock, users, limit, leave: go } = limiter(1, { limit: 1_200, perSecond: 20 });
    clock.advance(1_000);
    const refusal = told === null ? null : limit(told);
    for (let beside = 0; beside < 10; beside += 1) users.refused(refusal, null);
    const slow = await go(20);
    expect(slow[0]).toBe(2_000);
    expect(densest(slow, 1_000)).toBe(18);
    for (let second = 0; second < 10; second += 1) {
      clock.advance(1_000);
      users.learn(limit({ limit: 1_200, perSecond: 20 }));
    }
    expect(densest(await go(40), 1_000)).toBe(20);
  });

  it('of a burst spreads a window that has no cap', async () => {
    const { clock, users, leave: go } = limiter(1, { limit: 60 });
    clock.advance(1_000);
    users.refused(null, null);
    const times = await go(10);
    expect(densest(times, 1_000)).toBeLessThanOrEqual(2);
  });
});

describe('waiting', () => {
  it('ends when the run ends, and leaves no timer', async () => {
    const { users, clock, since } = limiter(1, { limit: 1, remaining: 0 });
    const stop = new AbortController();
    const waiting = users.enter(stop.signal);
    stop.abort();
    await waiting;
    await users.enter(stop.signal);
    for (let turns = 0; turns < 3; turns += 1) await setImmediate();
    expect(since()).toBe(0);
    expect(clock.pauses).toHaveLength(1);
  });

  it('is in the order of asking', async () => {
    const { users } = limiter(1, { limit: 600, perSecond: 10 });
    const order: number[] = [];
    await Promise.all(
      [1, 2, 3, 4].map(async (each) => {
        await users.enter(signal);
        order.push(each);
      }),
    );
    expect(order).toEqual([1, 2, 3, 4]);
  });

  it('asking for the turn counts nothing', () => {
    const { users } = limiter(1, { limit: 1 });
    expect([users.turnAt(), users.turnAt(), users.admit()]).toEqual([null, null, null]);
    expect(users.turnAt()).not.toBeNull();
  });
});
