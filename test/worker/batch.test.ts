import { describe, expect, it } from 'vitest';
import type { Ledger } from '../../src/ledger/ledger.ts';
import type { RequestSource } from '../../src/worker/prefetch.ts';
import { runWorker } from '../../src/worker/worker.ts';
import { fault } from '../requests/make.ts';
import { erasing, people } from './erasures.ts';
import { type Stage, holder, setStage, sourceOf } from './stage.ts';

/** With 20 tasks at once, or fewer. */
const MOST = 2_000;

/** A source that remembers how many it was asked for, and how many it has given. */
function counted(ids: readonly string[]) {
  const source = sourceOf(ids);
  const asked: number[] = [];
  let given = 0;
  const next: RequestSource['next'] = async (limit) => {
    asked.push(limit);
    const page = await source.next(limit);
    given += page.length;
    return page;
  };
  return { ...source, next, asked, given: () => given };
}

/** How many requests the ledger says are held, after each time that some are taken. */
function watched() {
  const held: number[] = [];
  let now = 0;
  const wrap = (ledger: Ledger): Ledger => ({
    ...ledger,
    async take(ids, ...more) {
      const taken = await ledger.take(ids, ...more);
      now += taken.length;
      held.push(now);
      return taken;
    },
    async releaseEnded(...of) {
      now = await ledger.releaseEnded(...of);
      return now;
    },
    async release(...of) {
      now = 0;
      return ledger.release(...of);
    },
  });
  return { held, wrap };
}

async function states(stage: Stage): Promise<Record<string, number>> {
  const { states: counts } = await stage.ledger.tally({}, '2026-11-20');
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

describe('a batch', () => {
  it('flows through a window: never more at once, every call full, each sent once', async () => {
    const { held, wrap } = watched();
    const stage = await setStage({
      users: people(2_600),
      plan: erasing(['delete_feeds', 'delete_users']),
      outstanding: 20,
      wrap,
    });
    const source = counted(stage.ids);
    await runWorker(source, 'ended', holder('me'), stage.work);
    expect(await states(stage)).toEqual({ completed: 2_600 });
    expect(Math.max(...held)).toBeLessThanOrEqual(MOST);
    expect(Math.max(...source.asked)).toBeLessThanOrEqual(500);
    const sizes = stage.stream.heard
      .filter(({ what, about }) => what === 'submit' && about.startsWith('delete_users'))
      .map(({ about }) => about.split(',').length);
    expect(sizes).toEqual(Array.from({ length: 26 }, () => 100));
    expect(stage.stream.count('submit')).toBe(2_600 + 26);
  });

  it('takes no more than fit while nothing ends', async () => {
    const stage = await setStage({
      users: people(2_600),
      plan: erasing(['delete_feeds']),
      outstanding: 20,
      stream: { check: () => ({ kind: 'running', status: 'running' }) },
    });
    const source = counted(stage.ids);
    const running = runWorker(source, 'ended', holder('me'), stage.work);
    await stage.clock.sleep(8_000);
    stage.stop.abort();
    await running;
    expect(source.given()).toBeLessThanOrEqual(MOST);
    expect(source.given()).toBeGreaterThanOrEqual(0.75 * MOST);
    expect(stage.stream.count('submit')).toBe(20);
  });

  it('sent: goes on to those that did not fit once everything of the others is accepted', async () => {
    const stage = await setStage({
      users: people(2_300),
      plan: erasing(['delete_feeds']),
      outstanding: 5_000,
    });
    await stage.go('sent');
    expect(stage.stream.count('submit')).toBe(2_300);
    expect(stage.stream.count('check')).toBe(0);
  });

  it('a provider that is down keeps the other back at nobody', async () => {
    const stage = await setStage({
      users: people(2_300),
      plan: erasing(['delete_feeds', 'delete']),
      sendbird: { submit: () => ({ kind: 'unsent', error: fault('no_connection') }) },
    });
    await stage.go();
    expect(stage.stream.count('submit')).toBe(2_300);
    expect(stage.sendbird.count('submit')).toBeLessThan(50);
    expect(stage.breaker.stoppage('sendbird')?.kind).toBe('unavailable');
    expect(await states(stage)).toEqual({ open: 2_300 });
  });

  it('takes no more when no provider can be asked', async () => {
    const stage = await setStage({
      users: people(2_300),
      plan: erasing(['delete_feeds']),
      stream: { submit: () => ({ kind: 'credentials', error: fault('credentials') }) },
    });
    const source = counted(stage.ids);
    const providers = new Map([['stream' as const, stage.stream]]);
    await runWorker(source, 'ended', holder('me'), { ...stage.work, providers });
    expect(source.given()).toBeLessThanOrEqual(MOST);
    expect(await states(stage)).toEqual({ open: 2_300 });
  });

  it('those that others hold wait aside, no more of them than fit', async () => {
    const stage = await setStage({ users: people(3_100), plan: erasing(['delete_feeds']) });
    const other = holder('other');
    await stage.ledger.take(stage.ids.slice(0, 3_000), other, stage.clock.now());
    const source = counted(stage.ids);
    const running = runWorker(source, 'ended', holder('me'), stage.work);
    await stage.clock.sleep(10_000);
    expect(source.given()).toBeLessThanOrEqual(2_500);
    await stage.ledger.release(other);
    await running;
    expect(await states(stage)).toEqual({ completed: 3_100 });
  });

  it('a call that could be fuller does not go while the source has more', async () => {
    const few = new Set([...people(50), ...people(560).slice(510)]);
    const stage = await setStage({
      users: people(560),
      plan: (users) => [
        ...erasing(['delete_feeds'])(users.slice(50, 500)),
        ...erasing(['delete'])(users.filter((user) => few.has(user))),
      ],
    });
    const ids = stage.ids.toSorted();
    await runWorker(sourceOf(ids), 'ended', holder('me'), stage.work);
    const sizes = stage.sendbird.heard
      .filter(({ what }) => what === 'submit')
      .map(({ about }) => about.split(',').length);
    expect(sizes).toEqual([100]);
  });
});

/** The most that ran at once, by when they were sent and seen done. */
function atOnce(stage: Stage): number {
  let now = 0;
  let most = 0;
  for (const { what } of stage.stream.heard) {
    if (what === 'submit') most = Math.max(most, (now += 1));
    if (what === 'check') now -= 1;
  }
  return most;
}

describe('tasks at once', () => {
  it.each(['ended', 'sent'] as const)('%s: are bounded', async (until) => {
    const stage = await setStage({
      users: people(100),
      plan: erasing(['delete_feeds']),
      outstanding: 20,
    });
    await stage.go(until);
    expect(stage.stream.count('submit')).toBe(100);
    expect(atOnce(stage)).toBe(20);
  });

  it('those that an earlier run has started count', async () => {
    const stage = await setStage({
      users: people(40),
      plan: erasing(['delete_feeds']),
      outstanding: 20,
    });
    await runWorker(sourceOf(stage.ids.slice(0, 15)), 'sent', holder('me'), stage.work);
    stage.clock.advance(60_000);
    await stage.go();
    expect(stage.stream.count('submit')).toBe(40);
    expect(atOnce(stage)).toBe(20);
  });
});
