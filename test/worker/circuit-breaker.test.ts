import { describe, expect, it } from 'vitest';
import { CircuitBreaker } from '../../src/worker/circuit-breaker.ts';
import { fault } from '../requests/make.ts';
import type { Script } from './fake-provider.ts';
import { setStage } from './stage.ts';

const error = fault('no_connection');

function breaker() {
  let now = 1_000_000;
  return {
    of: new CircuitBreaker(
      () => now,
      () => 0.5,
      2_000,
    ),
    now: () => now,
    pass: (ms: number) => {
      now += ms;
    },
  };
}

describe('Health', () => {
  it('stops a provider after four misses in a row, and says how long they lasted', () => {
    const { of, now, pass } = breaker();
    for (const tries of [1, 2, 3]) {
      const next = of.missed('stream', of.round('stream'), error);
      expect(of.stoppage('stream')).toBeNull();
      expect(next - now()).toBe(500 * 2 ** tries);
      pass(next - now());
    }
    of.missed('stream', of.round('stream'), error);
    expect(of.stoppage('stream')).toEqual({ kind: 'unavailable', error, tries: 4, lasted: 7_000 });
    expect(of.stoppage('sendbird')).toBeNull();
  });

  it('counts calls that were under way beside each other once', () => {
    const { of } = breaker();
    const round = of.round('stream');
    const first = of.missed('stream', round, error);
    for (let more = 0; more < 20; more += 1) {
      expect(of.missed('stream', round, error)).toBe(first);
    }
    expect(of.stoppage('stream')).toBeNull();
    expect(of.pausedUntil('stream')).toBe(first);
  });

  it('forgets misses when an answer comes', () => {
    const { of } = breaker();
    for (let more = 0; more < 3; more += 1) of.missed('stream', of.round('stream'), error);
    of.well('stream');
    for (let more = 0; more < 3; more += 1) of.missed('stream', of.round('stream'), error);
    expect(of.stoppage('stream')).toBeNull();
  });

  it('what a 429 told beats our own pause', () => {
    const { of, now } = breaker();
    expect(of.refused('stream', error, now() + 61_000) - now()).toBe(61_000);
    expect(of.refused('stream', error, null) - now()).toBe(2_000);
  });

  it('leaves a provider whose 429 tells more than five minutes', () => {
    const { of, now } = breaker();
    of.refused('stream', error, now() + 300_000);
    expect(of.stoppage('stream')).toBeNull();
    of.refused('stream', error, now() + 300_001);
    expect(of.stoppage('stream')?.kind).toBe('unavailable');
  });

  it('leaves a provider after ten 429s in a row that lasted a minute, not before', () => {
    const { of, pass } = breaker();
    for (let more = 0; more < 30; more += 1) of.refused('stream', error, null);
    expect(of.stoppage('stream')).toBeNull();
    pass(60_000);
    of.refused('stream', error, null);
    expect(of.stoppage('stream')).toMatchObject({ kind: 'unavailable', tries: 31, lasted: 60_000 });
  });

  it('has credentials resolved anew once, however many calls are denied at once', () => {
    const { of } = breaker();
    const epoch = of.epoch('stream');
    expect(of.denied('stream', epoch, error)).toBe(true);
    expect(of.denied('stream', epoch, error)).toBe(false);
    expect(of.denied('stream', epoch, error)).toBe(false);
    expect(of.stoppage('stream')).toBeNull();
    expect(of.denied('stream', of.epoch('stream'), error)).toBe(false);
    expect(of.stoppage('stream')?.kind).toBe('credentials');
  });

  it('keeps the first reason', () => {
    const { of, now } = breaker();
    of.unreachable('stream', { kind: 'unavailable', error: fault('one task') }, now(), 'req_1');
    expect(of.stoppage('stream')).toBeNull();
    of.unreachable('stream', { kind: 'unavailable', error: fault('first') }, now(), 'req_2');
    of.unreachable('stream', { kind: 'unavailable', error: fault('second') }, now(), 'req_3');
    expect(of.stoppage('stream')?.error.code).toBe('first');
  });
});

describe('a run whose provider does not answer', () => {
  const down: Script = { submit: () => ({ kind: 'unsent', error }) };

  it('tries four times, with pauses, and goes on with the other', async () => {
    const stage = await setStage({ stream: down, users: ['ada', 'grace'] });
    await stage.go();
    const times = stage.stream.heard.map(({ at }) => at);
    expect(new Set(times).size).toBe(4);
    expect(stage.breaker.stoppage('stream')).toMatchObject({ tries: 4, lasted: 7_000 });
    for (const index of [0, 1]) {
      expect(await stage.step('access', index)).toMatchObject({ state: 'succeeded' });
      expect(await stage.step('export_users', index)).toMatchObject({ state: 'planned' });
      expect((await stage.request(index)).state).toBe('open');
    }
  });

  it('sends nothing else to it while it pauses', async () => {
    const users = Array.from({ length: 150 }, (_, index) => `user-${index}`);
    const stage = await setStage({ only: 'sendbird', sendbird: down, users });
    await stage.go();
    expect(stage.sendbird.count('submit')).toBeLessThanOrEqual(4 * 32);
    expect(new Set(stage.sendbird.heard.map(({ at }) => at)).size).toBe(4);
    const left = await Promise.all(users.map((_, index) => stage.step('access', index)));
    expect(left.every(({ state }) => state === 'planned')).toBe(true);
  });

  it('goes on when it comes back, and loses nobody', async () => {
    const users = Array.from({ length: 30 }, (_, index) => `user-${index}`);
    const stage = await setStage({
      only: 'sendbird',
      users,
      sendbird: {
        submit: (_, n) =>
          n <= 20 ? { kind: 'unsent', error } : { kind: 'absent', error: fault('unknown') },
        lookup: () => false,
      },
    });
    await stage.go();
    expect(stage.breaker.stoppage('sendbird')).toBeNull();
    for (const [index] of users.entries()) {
      expect((await stage.request(index)).state).toBe('not_found');
    }
  });

  it('a check that cannot be made leaves the task as it is', async () => {
    const stage = await setStage({
      sendbird: {
        check: async () => {
          await stage.clock.sleep(31_000);
          return { kind: 'unavailable', error };
        },
      },
    });
    await stage.go();
    expect(await stage.step('access')).toMatchObject({
      state: 'accepted',
      taskId: 'access ada 1',
      checks: 0,
      error: null,
    });
    expect(stage.breaker.stoppage('sendbird')).toEqual({
      kind: 'unavailable',
      error,
      tries: 4,
      lasted: 31_000,
    });
    expect((await stage.step('export_users')).state).toBe('succeeded');
  });
});

describe('a run whose credentials are refused', () => {
  it('goes on at once with a secret that could not be had at first', async () => {
    const locked = fault('credentials');
    const stage = await setStage({
      only: 'sendbird',
      sendbird: { unlock: (n) => (n === 1 ? locked : null) },
    });
    const start = stage.clock.now();
    await stage.go();
    const [renewed, sent] = stage.sendbird.heard;
    expect([renewed?.what, sent?.what]).toEqual(['renew', 'submit']);
    expect(sent?.at).toBe(start);
    expect((await stage.request()).state).toBe('completed');
  });

  const denied = { kind: 'credentials', error: fault('credentials') } as const;

  it('resolves them anew once, goes on with them', async () => {
    const stage = await setStage({
      users: ['ada', 'grace', 'linus'],
      stream: { submit: (_, n) => (n <= 6 ? denied : undefined) },
    });
    await stage.go();
    expect(stage.stream.count('renew')).toBe(1);
    expect((await stage.request(2)).state).toBe('completed');
  });

  it('stops for that provider at the second time, with the steps planned', async () => {
    const stage = await setStage({ users: ['ada', 'grace'], stream: { submit: () => denied } });
    await stage.go();
    expect(stage.stream.count('renew')).toBe(1);
    expect(stage.stream.count('submit')).toBe(8);
    expect(stage.breaker.stoppage('stream')?.kind).toBe('credentials');
    expect(await stage.step('export_feeds')).toMatchObject({ state: 'planned', error: null });
    expect((await stage.step('access')).state).toBe('succeeded');
  });

  it('the same goes for a check', async () => {
    const stage = await setStage({ only: 'sendbird', sendbird: { check: () => denied } });
    await stage.go();
    expect(stage.sendbird.count('renew')).toBe(1);
    expect(stage.sendbird.count('check')).toBe(2);
    expect(await stage.step('access')).toMatchObject({ state: 'accepted', finishedAt: null });
  });
});
