import { describe, expect, it } from 'vitest';
import type { Ledger } from '../../src/ledger/ledger.ts';
import type { RateLimit } from '../../src/providers/provider.ts';
import { createRateLimiter } from '../../src/worker/rate-limiter.ts';
import { fault } from '../requests/make.ts';
import { erasing, people } from './erasures.ts';
import type { FakeProvider, Script } from './fake-provider.ts';
import { type Stage, quietClock, setStage } from './stage.ts';

const MINUTE = 60_000;

/** A provider whose operations have this limit, told before anything is sent. */
function paced(told: Pick<RateLimit, 'limit' | 'perSecond'>, more: Script = {}) {
  const box: { stage?: Stage } = {};
  const clock = {
    ...quietClock(),
    now: () => box.stage?.clock.now() ?? 0,
  };
  const rateLimiter = createRateLimiter(clock, 1);
  const laneOf = (operation: string) => {
    const limiter = rateLimiter.limiter(operation, { ...told, window: MINUTE });
    const resetAt = clock.now() + MINUTE;
    if (limiter.limit === null)
      limiter.learn({ ...told, remaining: told.limit, window: MINUTE, resetAt });
    return limiter;
  };
  const script: Script = {
    admit: (operation) => laneOf(operation).admit(),
    turnAt: (operation) => laneOf(operation).turnAt(),
    ...more,
  };
  return { script, on: (stage: Stage) => (box.stage = stage) };
}

/** When calls of an operation were sent, ms since the first. */
function sentAt({ heard }: FakeProvider, operation: string): number[] {
  const all = heard.filter(({ what, about }) => what === 'submit' && about.startsWith(operation));
  return all.map(({ at }) => at - (all[0]?.at ?? 0));
}

describe('calls under a rate limit', () => {
  it('leave one by one, each at its turn, and nothing is written while they wait', async () => {
    let writes = 0;
    const wrap = (ledger: Ledger): Ledger => ({
      ...ledger,
      record: (...of) => {
        writes += 1;
        return ledger.record(...of);
      },
    });
    const limiters = paced({ limit: 6_000, perSecond: 10 });
    const stage = await setStage({
      users: people(100),
      plan: erasing(['delete_feeds']),
      stream: limiters.script,
      wrap,
    });
    limiters.on(stage);
    const { limited } = await stage.go();
    const sent = sentAt(stage.stream, 'delete_feeds');
    expect(sent).toHaveLength(100);
    expect(sent.at(-1)).toBe(Math.ceil((99 * 1_000) / 9.8));
    expect(limited).toBeCloseTo((99 * 1_000) / 9.8, -2);
    // For each an intent, its answer and a check, and a few looks.
    expect(writes).toBeLessThan(330);
  });

  it('go on in the next window when one is used up, and the wait is told', async () => {
    const limiters = paced({ limit: 6, perSecond: null });
    const told: number[] = [];
    const stage = await setStage({
      users: people(10),
      plan: erasing(['delete_feeds']),
      stream: limiters.script,
    });
    limiters.on(stage);
    stage.work.waits = (_, ms) => void told.push(ms);
    const { limited } = await stage.go();
    const sent = sentAt(stage.stream, 'delete_feeds');
    expect(sent.filter((at) => at === 0)).toHaveLength(6);
    expect(sent.filter((at) => at === MINUTE)).toHaveLength(4);
    expect(told[0]).toBe(MINUTE);
    expect(limited).toBe(MINUTE);
  });

  it('of one operation keep those of another back at nobody', async () => {
    const stage = await setStage({
      users: people(10),
      stream: {
        admit: (operation) =>
          operation === 'export_feeds' && stage.clock.now() - start < MINUTE
            ? start + MINUTE
            : null,
      },
    });
    const start = stage.clock.now();
    await stage.go();
    expect(sentAt(stage.stream, 'export_users')).toEqual(Array.from({ length: 10 }, () => 0));
    const feeds = stage.stream.heard.filter(({ about }) => about.startsWith('export_feeds'));
    expect(Math.min(...feeds.map(({ at }) => at - start))).toBe(MINUTE);
  });

  it('that could be fuller gather while their lane is shut', async () => {
    const limiters = paced({ limit: 1, perSecond: null });
    const stage = await setStage({
      users: people(150),
      plan: erasing(['delete']),
      sendbird: limiters.script,
    });
    limiters.on(stage);
    await stage.go();
    const sizes = stage.sendbird.heard
      .filter(({ what }) => what === 'submit')
      .map(({ about }) => about.split(',').length);
    expect(sizes).toEqual([100, 50]);
    expect(sentAt(stage.sendbird, 'delete')).toEqual([0, MINUTE]);
  });

  it('go on at once when the first answer tells a higher limit than was assumed', async () => {
    const rateLimiter = createRateLimiter({ ...quietClock(), now: () => stage.clock.now() }, 1);
    const limiter = () => rateLimiter.limiter('feeds', { limit: 60, window: MINUTE, perSecond: 2 });
    const stage = await setStage({
      users: people(20),
      plan: erasing(['delete_feeds']),
      stream: {
        admit: () => limiter().admit(),
        turnAt: () => limiter().turnAt(),
        submit: async () => {
          await stage.clock.sleep(150);
          const resetAt = stage.clock.now() + MINUTE;
          const told = { limit: 12_000, remaining: 11_000, window: MINUTE, perSecond: 400 };
          limiter().learn({ ...told, resetAt });
          return undefined;
        },
      },
    });
    await stage.go();
    const sent = sentAt(stage.stream, 'delete_feeds');
    expect(sent.slice(0, 2)).toEqual([0, 150]);
    expect(sent.at(-1)).toBeLessThan(210);
  });

  it('nothing is limited that waits for its task', async () => {
    const limiters = paced({ limit: 6_000, perSecond: 100 });
    const stage = await setStage({ only: 'stream', stream: limiters.script });
    limiters.on(stage);
    expect(await stage.go()).toEqual({ limited: 0 });
  });

  it('idle: a pass sends all that a second lets through, one after the other', async () => {
    const limiters = paced({ limit: 6_000, perSecond: 10 });
    const stage = await setStage({
      users: people(30),
      plan: erasing(['delete_feeds']),
      stream: limiters.script,
    });
    limiters.on(stage);
    await stage.go('idle');
    expect(stage.stream.count('submit')).toBe(30);
  });

  it('idle: does not wait for the next window', async () => {
    const limiters = paced({ limit: 6, perSecond: null });
    const stage = await setStage({
      users: people(10),
      plan: erasing(['delete_feeds']),
      stream: limiters.script,
    });
    limiters.on(stage);
    const start = stage.clock.now();
    await stage.go('idle');
    expect(stage.stream.count('submit')).toBe(6);
    expect(stage.clock.now() - start).toBeLessThan(1_000);
  });

  it('in a storm of refusals are neither lost nor made twice', async () => {
    let seed = 11;
    const isRefused = (): boolean => (seed = (seed * 48_271) % 2_147_483_647) % 3 === 0;
    const accepted = new Map<string, number>();
    const stage = await setStage({
      users: people(300),
      plan: erasing(['delete_feeds', 'delete_users']),
      stream: {
        submit: ({ operation, subjectIds }) => {
          if (isRefused()) {
            const retryAt = stage.clock.now() + 700;
            return { kind: 'limited', error: fault('rate_limited'), retryAt };
          }
          for (const id of subjectIds) {
            const key = `${operation} ${id}`;
            accepted.set(key, (accepted.get(key) ?? 0) + 1);
          }
          return undefined;
        },
      },
    });
    await stage.go();
    expect(accepted.size).toBe(600);
    expect([...accepted.values()].every((times) => times === 1)).toBe(true);
    const { states } = await stage.ledger.tally({}, '2026-11-20');
    expect(states.completed).toBe(300);
  });
});
