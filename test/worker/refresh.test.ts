import { describe, expect, it, test } from 'vitest';
import { type Miss, refresh } from '../../src/worker/refresh.ts';
import { fault } from '../requests/make.ts';
import { erasing, people } from './erasures.ts';
import { type Stage, holder, setStage } from './stage.ts';

/** Sends everything, and leaves it running. */
async function sent(stage: Stage): Promise<void> {
  await stage.go('sent');
  await stage.ledger.release(holder('me'));
}

function look(stage: Stage, ids: readonly string[] = stage.ids): Promise<readonly Miss[]> {
  const { ledger, clock, stop, work } = stage;
  return refresh(ids, {
    ledger,
    clock,
    providers: work.providers,
    random: () => 0.5,
    pollInterval: 2_000,
    holder: holder('status'),
    stop: stop.signal,
  });
}

const asked = (stage: Stage): number => stage.stream.count('check') + stage.sendbird.count('check');

describe('refresh', () => {
  it('asks how far what runs is, and does nothing else', async () => {
    const stage = await setStage();
    await sent(stage);
    const before = stage.stream.heard.length + stage.sendbird.heard.length;
    expect(await look(stage)).toEqual([]);
    const { steps } = await stage.request();
    expect(steps.map(({ state, checks }) => [state, checks])).toEqual([
      ['reported', 1],
      ['reported', 1],
      ['reported', 1],
    ]);
    expect(stage.stream.heard.length + stage.sendbird.heard.length).toBe(before + 3);
    expect(asked(stage)).toBe(3);
    // It is given back: anybody may go on.
    expect(await stage.ledger.take(stage.ids, holder('next'), stage.clock.now())).toEqual(
      stage.ids,
    );
  });

  it('asks once for what serves several, and tells all of them', async () => {
    const users = people(5);
    const stage = await setStage({ users, plan: erasing(['delete']) });
    await sent(stage);
    expect(stage.sendbird.count('submit')).toBe(1);
    await look(stage, stage.ids.slice(0, 1));
    expect(stage.sendbird.count('check')).toBe(1);
    for (const index of users.keys()) {
      expect((await stage.step('delete', index)).state).toBe('reported');
    }
  });

  it('never calls anything succeeded, and does not look for anybody', async () => {
    const stage = await setStage({ plan: erasing(['delete_users']) });
    await sent(stage);
    await look(stage);
    await look(stage);
    expect((await stage.step('delete_users')).state).toBe('reported');
    expect(stage.stream.count('look') + stage.stream.count('lookup')).toBe(0);
    expect(stage.stream.count('check')).toBe(1);
  });

  it('keeps the hour of the second look: bad news are not believed by looking often', async () => {
    const failed = { kind: 'failed', status: 'failed', error: fault('task_failed') } as const;
    const stage = await setStage({ only: 'sendbird', sendbird: { check: () => failed } });
    await sent(stage);
    for (let looks = 0; looks < 5; looks += 1) await look(stage);
    expect(await stage.step('access')).toMatchObject({ state: 'accepted', checks: 1 });
    stage.clock.advance(30_000);
    await look(stage);
    expect(await stage.step('access')).toMatchObject({ state: 'failed', checks: 2 });
  });

  it('only reads what another process holds', async () => {
    const stage = await setStage({ users: ['ada', 'grace'], only: 'sendbird' });
    await sent(stage);
    await stage.ledger.take(stage.ids.slice(0, 1), holder('other'), stage.clock.now());
    expect(await look(stage)).toEqual([]);
    expect((await stage.step('access', 0)).state).toBe('accepted');
    expect((await stage.step('access', 1)).state).toBe('reported');
    expect(asked(stage)).toBe(1);
  });

  it('leaves alone what another process has looked at or taken in the meantime', async () => {
    const stage: Stage = await setStage({
      only: 'sendbird',
      sendbird: {
        check: async () => {
          await stage.ledger.take(stage.ids, holder('other'), stage.clock.now());
          return undefined;
        },
      },
    });
    await sent(stage);
    expect(await look(stage)).toEqual([]);
    expect(await stage.step('access')).toMatchObject({ state: 'accepted', checks: 0 });
    const held = await stage.ledger.heldByOthers(stage.ids, 'status', stage.clock.now());
    expect(held).toHaveLength(1);
  });

  test.each(['credentials', 'unavailable', 'limited'] as const)(
    'says that a provider could not be asked (%s), once, and leaves its steps as they were',
    async (kind) => {
      const error = fault(kind);
      const stage = await setStage({
        users: ['ada', 'grace'],
        sendbird: { check: () => ({ kind, error, retryAt: null }) },
      });
      await sent(stage);
      expect(await look(stage)).toEqual([{ provider: 'sendbird', kind, message: error.message }]);
      expect(await stage.step('access')).toMatchObject({ state: 'accepted', checks: 0 });
      expect((await stage.step('export_users')).state).toBe('reported');
    },
  );

  it('does not ask another account, and says so', async () => {
    const stage = await setStage({ only: 'sendbird' });
    await sent(stage);
    const providers = new Map(stage.work.providers);
    providers.delete('sendbird');
    Object.assign(stage.work, { providers });
    const [miss] = await look(stage);
    expect(miss).toMatchObject({ provider: 'sendbird', kind: 'account' });
    expect(miss?.message).toContain('it is not configured');
    expect(asked(stage)).toBe(0);
  });

  it('waits no longer than people do', async () => {
    const stage = await setStage({
      only: 'sendbird',
      sendbird: {
        check: (_call, _n, signal) =>
          new Promise((resolve) => {
            const late = { kind: 'unavailable', error: fault('stopped') } as const;
            signal.addEventListener('abort', () => resolve(late));
          }),
      },
    });
    await sent(stage);
    const began = stage.clock.now();
    const misses = await look(stage);
    expect(misses).toEqual([
      { provider: 'sendbird', kind: 'unavailable', message: 'no answer within 10 s' },
    ]);
    expect(stage.clock.now() - began).toBe(10_000);
  });
});
