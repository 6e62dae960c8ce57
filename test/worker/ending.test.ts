import { describe, expect, it } from 'vitest';
import { GdprError } from '../../src/errors.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { runWorker } from '../../src/worker/worker.ts';
import { fault } from '../requests/make.ts';
import { type Script, ZIP, fakeProvider, file } from './fake-provider.ts';
import { type Stage, holder, setStage, sourceOf } from './stage.ts';

const full = new GdprError('storage', 'The disk is full.', { next: 'Make room.' });

/** The disk is full from the moment that `when` says so. */
function failing(when: (stage: Stage) => boolean) {
  const box: { stage?: Stage } = {};
  const isFull = (): boolean => box.stage !== undefined && when(box.stage);
  const wrap = (ledger: Ledger): Ledger => ({
    ...ledger,
    record: (...of) => (isFull() ? Promise.reject(full) : ledger.record(...of)),
  });
  return { wrap, on: (stage: Stage) => (box.stage = stage) };
}

describe('until', () => {
  it('sent: leaves once everything is accepted, and checks nothing', async () => {
    const stage = await setStage({ users: ['ada', 'grace'] });
    await stage.go('sent');
    expect(stage.stream.count('submit') + stage.sendbird.count('submit')).toBe(6);
    expect(stage.stream.count('check') + stage.sendbird.count('check')).toBe(0);
    for (const index of [0, 1]) {
      const { steps } = await stage.request(index);
      expect(steps.every(({ state }) => state === 'accepted')).toBe(true);
    }
  });

  it('sent: waits for a 429 to pass, and still leaves', async () => {
    const stage = await setStage({
      stream: {
        submit: (_, n) =>
          n < 3 ? { kind: 'limited', error: fault('x'), retryAt: null } : undefined,
      },
    });
    await stage.go('sent');
    expect((await stage.request()).steps.every(({ state }) => state === 'accepted')).toBe(true);
  });

  it('idle: one pass; nothing is waited for', async () => {
    const stage = await setStage();
    const start = stage.clock.now();
    await stage.go('idle');
    expect(stage.clock.now()).toBe(start);
    expect((await stage.step('access')).state).toBe('accepted');
    expect(stage.stream.count('check')).toBe(0);
    stage.clock.advance(5_000);
    await stage.go('idle');
    expect((await stage.request()).state).toBe('completed');
  });

  it('idle: leaves a provider that does not answer after one try', async () => {
    const stage = await setStage({
      only: 'sendbird',
      sendbird: { submit: () => ({ kind: 'unsent', error: fault('no_connection') }) },
    });
    const start = stage.clock.now();
    await stage.go('idle');
    expect(stage.sendbird.count('submit')).toBe(1);
    expect(stage.clock.now()).toBe(start);
  });

  it('ended: a run over nothing ends', async () => {
    const stage = await setStage();
    await runWorker(sourceOf([]), 'ended', holder('me'), stage.work);
    expect(stage.stream.heard).toEqual([]);
  });
});

describe('stopped in the middle', () => {
  it('starts nothing new, and finishes a call that has left', async () => {
    const stage = await setStage({
      users: Array.from({ length: 50 }, (_, index) => `user-${index}`),
      only: 'sendbird',
      sendbird: {
        submit: async (_, n) => {
          await stage.clock.sleep(1_000);
          if (n === 3) stage.stop.abort(130);
          await stage.clock.sleep(1_000);
          return undefined;
        },
      },
    });
    await stage.go();
    expect(stage.sendbird.count('submit')).toBe(32);
    const states = await Promise.all(stage.ids.map((_, index) => stage.step('access', index)));
    expect(states.map(({ state }) => state)).toEqual([
      ...Array.from({ length: 32 }, () => 'accepted'),
      ...Array.from({ length: 18 }, () => 'planned'),
    ]);
    expect(states[0]?.taskId).not.toBeNull();
  });

  it('a call that did not leave stays planned, and says nothing about the provider', async () => {
    const stage = await setStage({
      only: 'sendbird',
      sendbird: {
        submit: async (_call, _n, signal) => {
          stage.stop.abort(130);
          await stage.clock.sleep(60_000, signal);
          return { kind: 'unsent', error: fault('stopped') };
        },
      },
    });
    await stage.go();
    expect(await stage.step('access')).toMatchObject({ state: 'planned', error: null });
    expect(stage.breaker.stoppage('sendbird')).toBeNull();
  });

  it('ends a wait at once, and another run carries on', async () => {
    const stage = await setStage({
      only: 'sendbird',
      sendbird: {
        check: (_, n) => {
          if (n > 2) return undefined;
          if (n === 2) stage.stop.abort(130);
          return { kind: 'running', status: 'processing' };
        },
      },
    });
    await stage.go();
    expect(await stage.step('access')).toMatchObject({ state: 'accepted', checks: 2 });
    await runWorker(sourceOf(stage.ids), 'ended', holder('me'), {
      ...stage.work,
      stop: new AbortController().signal,
    });
    expect((await stage.request()).state).toBe('completed');
    expect(stage.sendbird.count('submit')).toBe(1);
  });

  it('a download is broken off, and counts as no try', async () => {
    const stage = await setStage({
      only: 'sendbird',
      sendbird: {
        collect: () => ({
          kind: 'file',
          download: {
            expiresAt: null,
            open: async () => ({
              kind: 'body',
              bytes: 100,
              body: (async function* () {
                yield Buffer.from('{"id":');
                stage.stop.abort(130);
                yield Buffer.from('"ada"');
              })(),
            }),
          },
        }),
      },
    });
    await stage.go();
    expect(await stage.step('access')).toMatchObject({
      state: 'reported',
      tries: 0,
      error: null,
      artifacts: [],
    });
  });

  it('a check that was broken off says nothing about the provider', async () => {
    const stage = await setStage({
      only: 'sendbird',
      sendbird: {
        check: () => {
          stage.stop.abort(130);
          return { kind: 'unavailable', error: fault('stopped') };
        },
      },
    });
    await stage.go();
    expect(stage.breaker.stoppage('sendbird')).toBeNull();
    expect(await stage.step('access')).toMatchObject({ state: 'accepted', checks: 0 });
  });
});

describe('leases', () => {
  it('a request that another process takes over is left to it', async () => {
    let alive = true;
    const stage = await setStage({
      only: 'sendbird',
      isAlive: () => alive,
      sendbird: {
        check: async () => {
          alive = false;
          await stage.ledger.take(stage.ids, holder('other'), stage.clock.now());
          alive = true;
          return undefined;
        },
      },
    });
    await stage.go();
    expect(stage.sendbird.count('check')).toBe(1);
    expect(stage.sendbird.count('collect')).toBe(0);
    expect(await stage.step('access')).toMatchObject({ state: 'accepted', checks: 0 });
    expect(stage.ended).toEqual([]);
  });

  it('nothing is sent for a request that was lost before the intent', async () => {
    let alive = true;
    let isTaken = false;
    const stage = await setStage({
      only: 'sendbird',
      isAlive: () => alive,
      wrap: (ledger) => ({
        ...ledger,
        due: async (...query) => {
          const found = await ledger.due(...query);
          if (!isTaken && found.length > 0) {
            isTaken = true;
            alive = false;
            await ledger.take(stage.ids, holder('other'), stage.clock.now());
            alive = true;
          }
          return found;
        },
      }),
    });
    await stage.go();
    expect(stage.sendbird.heard).toEqual([]);
    expect(await stage.step('access')).toMatchObject({ state: 'planned', attempts: 0 });
  });

  it('waits for a request that another process holds, and takes it when it comes free', async () => {
    const stage = await setStage({ only: 'sendbird' });
    const other = holder('other');
    await stage.ledger.take(stage.ids, other, stage.clock.now());
    const start = stage.clock.now();
    const free = async (): Promise<void> => {
      await stage.clock.sleep(15_000);
      await stage.ledger.release(other);
    };
    await Promise.all([stage.go(), free()]);
    expect((await stage.request()).state).toBe('completed');
    const [first] = stage.sendbird.heard;
    expect((first?.at ?? 0) - start).toBeGreaterThanOrEqual(15_000);
    expect((first?.at ?? 0) - start).toBeLessThanOrEqual(17_000);
  });
});

describe('an account that is not the configured one', () => {
  it('is neither sent nor checked; the other provider goes on', async () => {
    const stage = await setStage({
      accounts: { sendbird: 'sendbird:other@https://sendbird.test' },
    });
    await stage.go();
    expect(stage.sendbird.heard).toEqual([]);
    expect(await stage.step('access')).toMatchObject({ state: 'planned', attempts: 0 });
    expect((await stage.step('export_users')).state).toBe('succeeded');
  });

  it('a task there is not asked about', async () => {
    const stage = await setStage({ only: 'sendbird' });
    await stage.go('sent');
    const other = fakeProvider('sendbird', stage.clock, {}, 'sendbird:other@https://x');
    await runWorker(sourceOf(stage.ids), 'ended', holder('me'), {
      ...stage.work,
      providers: new Map([['sendbird', other]]),
    });
    expect(other.heard).toEqual([]);
    expect((await stage.step('access')).state).toBe('accepted');
  });
});

describe('a ledger that cannot be written', () => {
  it('before the intent: nothing is sent, and that is how the run ends', async () => {
    const disk = failing(() => true);
    const stage = await setStage({ wrap: disk.wrap });
    disk.on(stage);
    await expect(stage.go()).rejects.toBe(full);
    expect([...stage.stream.heard, ...stage.sendbird.heard]).toEqual([]);
  });

  it('after an answer: nothing new is started, and calls that have left are finished', async () => {
    const users = Array.from({ length: 50 }, (_, index) => `user-${index}`);
    const finished: number[] = [];
    const script: Script = {
      submit: async (_, n) => {
        await stage.clock.sleep(n * 1_000);
        finished.push(n);
        return undefined;
      },
    };
    const disk = failing(() => finished.length > 0);
    const stage = await setStage({ users, only: 'sendbird', sendbird: script, wrap: disk.wrap });
    disk.on(stage);
    await expect(stage.go()).rejects.toBe(full);
    expect(finished).toEqual(Array.from({ length: 32 }, (_, index) => index + 1));
    expect(stage.sendbird.count('submit')).toBe(32);
  });

  it('while the lease is renewed: the run ends, after what is under way', async () => {
    let finished = false;
    const stage = await setStage({
      only: 'sendbird',
      sendbird: {
        submit: async () => {
          await stage.clock.sleep(50_000);
          finished = true;
          return undefined;
        },
      },
      wrap: (ledger) => ({ ...ledger, renew: () => Promise.reject(full) }),
    });
    await expect(stage.go()).rejects.toBe(full);
    expect(finished).toBe(true);
    expect(await stage.step('access')).toMatchObject({ state: 'accepted' });
  });

  it('long downloads of others are broken off', async () => {
    let chunks = 0;
    const disk = failing(() => chunks > 3);
    const stage = await setStage({
      stream: { check: () => ({ kind: 'running', status: 'running' }) },
      sendbird: {
        collect: () => ({
          kind: 'file',
          download: {
            expiresAt: null,
            open: async (signal) => ({
              kind: 'body',
              bytes: null,
              body: (async function* () {
                while (!signal.aborted) {
                  chunks += 1;
                  await stage.clock.sleep(1_000);
                  yield Buffer.from('{"a":1}\n');
                }
              })(),
            }),
          },
        }),
      },
      wrap: disk.wrap,
    });
    disk.on(stage);
    await expect(stage.go()).rejects.toBe(full);
    expect(await stage.step('access')).toMatchObject({ state: 'reported', artifacts: [] });
  });

  it('a receipt that cannot be written ends the run with that error', async () => {
    const stage = await setStage({ only: 'sendbird', sendbird: { collect: () => file(ZIP) } });
    const receiptText = (): never => {
      throw full;
    };
    const work = { ...stage.work, receiptText };
    await expect(runWorker(sourceOf(stage.ids), 'ended', holder('me'), work)).rejects.toBe(full);
    expect((await stage.step('access')).state).toBe('succeeded');
  });
});
