import { describe, expect, it } from 'vitest';
import { createPace } from '../../src/runner/pace.ts';
import { quietClock } from './stage.ts';

const MINUTE = 60_000;

function lane(share: number, told: { limit: number; remaining: number; left?: number }) {
  const clock = quietClock();
  const start = clock.now();
  const pace = createPace(clock, share);
  const { limit, remaining, left = MINUTE } = told;
  pace.learn('users', { limit, remaining, window: MINUTE, resetAt: start + left, perSecond: null });
  const { signal } = new AbortController();
  return {
    clock,
    pace,
    /** When each of `n` calls, all asked for at once, may leave. */
    leave: (n: number): Promise<number[]> =>
      Promise.all(
        Array.from({ length: n }, async () => {
          await pace.enter('users', signal);
          return clock.now() - start;
        }),
      ),
  };
}

describe('pace', () => {
  it('holds nobody back whose limit is not known', async () => {
    const clock = quietClock();
    const pace = createPace(clock, 0.1);
    for (let calls = 0; calls < 100; calls += 1) {
      await pace.enter('users', new AbortController().signal);
    }
    expect(clock.pauses).toEqual([]);
  });

  it('uses its share of a window and leaves the rest to others', async () => {
    const { leave } = lane(0.8, { limit: 10, remaining: 10 });
    const times = await leave(20);
    expect(times.filter((at) => at === 0)).toHaveLength(8);
    expect(times.filter((at) => at === MINUTE)).toHaveLength(8);
    expect(times.filter((at) => at === 2 * MINUTE)).toHaveLength(4);
  });

  it('counts what others have used already', async () => {
    const { leave } = lane(0.8, { limit: 10, remaining: 4, left: 5_000 });
    const times = await leave(3);
    expect(times).toEqual([0, 0, 5_000]);
  });

  it('waits for the next window when nothing is left', async () => {
    const { leave } = lane(1, { limit: 10, remaining: 0, left: 1_234 });
    expect(await leave(1)).toEqual([1_234]);
  });

  it('has one call a window at least', async () => {
    const { leave } = lane(0.01, { limit: 6, remaining: 6 });
    expect(await leave(3)).toEqual([0, MINUTE, 2 * MINUTE]);
  });

  it('keeps lanes apart', async () => {
    const { pace, clock } = lane(1, { limit: 1, remaining: 0 });
    await pace.enter('feeds', new AbortController().signal);
    expect(clock.pauses).toEqual([]);
  });

  it('calls that are under way are not forgotten when an answer comes', async () => {
    const { pace, clock, leave } = lane(1, { limit: 10, remaining: 10 });
    await leave(5);
    // The answer to the first of them: the four others have not been counted there yet.
    const resetAt = clock.now() + MINUTE;
    pace.learn('users', { limit: 10, remaining: 9, window: MINUTE, resetAt, perSecond: null });
    const times = await leave(6);
    expect(times.filter((at) => at === 0)).toHaveLength(5);
  });

  it('believes the provider when it has less than we thought', async () => {
    const { pace, clock, leave } = lane(1, { limit: 10, remaining: 10 });
    pace.learn('users', {
      limit: 10,
      remaining: 1,
      window: MINUTE,
      resetAt: clock.now() + MINUTE,
      perSecond: null,
    });
    expect(await leave(2)).toEqual([0, MINUTE]);
  });

  it('lets go when the run ends', async () => {
    const { pace, clock } = lane(1, { limit: 1, remaining: 0 });
    const stop = new AbortController();
    const start = clock.now();
    const waiting = pace.enter('users', stop.signal);
    stop.abort();
    await waiting;
    expect(clock.now()).toBe(start);
  });

  it('a refusal holds the lane and teaches nothing else', async () => {
    const { pace, clock, leave } = lane(1, { limit: 60, remaining: 56 });
    pace.hold('users', clock.now() + 1_000);
    expect(await leave(20)).toEqual(Array.from({ length: 20 }, () => 1_000));
  });

  it('a refusal for a day holds a lane for a window: the run judges the rest', async () => {
    const { pace, clock, leave } = lane(1, { limit: 60, remaining: 56 });
    pace.hold('users', clock.now() + 86_400_000);
    expect(await leave(1)).toEqual([MINUTE]);
  });

  it('another limit is not mistaken for the same window', async () => {
    const { pace, clock, leave } = lane(1, { limit: 2, remaining: 0 });
    const told = { limit: 60, remaining: 50, window: MINUTE, perSecond: null };
    pace.learn('users', { ...told, resetAt: clock.now() + MINUTE });
    expect(await leave(50)).toEqual(Array.from({ length: 50 }, () => 0));
  });

  it('keeps to a second cap, and says when to ask again', async () => {
    const { pace, clock } = lane(1, { limit: 60, remaining: 60 });
    const told = { limit: 60, remaining: 60, window: MINUTE, perSecond: 2 };
    pace.learn('feeds', { ...told, resetAt: clock.now() + MINUTE });
    const start = clock.now();
    expect([pace.admit('feeds'), pace.admit('feeds')]).toEqual([null, null]);
    expect(pace.admit('feeds')).toBe(start + 1_000);
  });

  it('does not spin on a window without length', async () => {
    const clock = quietClock();
    const pace = createPace(clock, 1);
    pace.learn('users', {
      limit: 1,
      remaining: 0,
      window: 0,
      resetAt: clock.now(),
      perSecond: null,
    });
    await pace.enter('users', new AbortController().signal);
    expect(clock.pauses).toEqual([]);
  });
});
