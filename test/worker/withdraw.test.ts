import { describe, expect, it, test } from 'vitest';
import type { Call } from '../../src/requests/request.ts';
import type { Withdrawal } from '../../src/requests/transitions/answers.ts';
import { type Taken, withdrawCalls } from '../../src/worker/withdraw.ts';
import { fault } from '../requests/make.ts';
import { erasing, people } from './erasures.ts';
import { type Stage, holder, setStage } from './stage.ts';

const WITHDRAWN: Withdrawal = { kind: 'withdrawn' };

interface Ground {
  stage: Stage;
  calls: readonly Call[];
  /** Task ids that the provider was asked about. */
  asked: string[];
  withdraw: (more?: { stop?: AbortSignal }) => Promise<readonly Taken['kind'][]>;
}

/** Sendbird deletions that run, taken by a holder, and a provider that answers so in turn. */
async function ground(
  answers: readonly Withdrawal[],
  { users = ['ada'], alone = false }: { users?: readonly string[]; alone?: boolean } = {},
): Promise<Ground> {
  const option = (user: string): object => ({ channel_delete_option: alone ? user : 'all' });
  const plan = erasing(['delete'], (user) => ({ options: { ...option(user) } }));
  const stage = await setStage({ users, plan });
  await stage.go('sent');
  await stage.ledger.release(holder('me'));
  await stage.ledger.take(stage.ids, holder('cancel'), stage.clock.now());
  const asked: string[] = [];
  const sendbird = {
    ...stage.sendbird,
    withdraw: async ({ taskId }: { taskId: string }) => {
      asked.push(taskId);
      const answer = answers[Math.min(asked.length, answers.length) - 1];
      if (answer === undefined) throw new Error('no answer is written');
      return answer;
    },
  };
  const found = await Promise.all(stage.ids.map((id) => stage.ledger.calls(id)));
  const calls = [...new Map(found.flat().map((call) => [call.id, call])).values()];
  return {
    stage,
    calls,
    asked,
    async withdraw({ stop = stage.stop.signal } = {}) {
      const { ledger, clock } = stage;
      const providers = new Map([['sendbird', sendbird]] as const);
      const work = { ledger, providers, clock, holder: holder('cancel'), stop };
      const ends = await withdrawCalls(calls, work);
      return [...ends.values()].map(({ kind }) => kind);
    },
  };
}

describe('withdrawCalls', () => {
  it('takes a call back for everybody whom it serves', async () => {
    const { stage, withdraw, asked } = await ground([WITHDRAWN], { users: people(3) });
    expect(await withdraw()).toEqual(['withdrawn']);
    expect(asked).toHaveLength(1);
    for (const index of stage.ids.keys()) {
      expect((await stage.request(index)).state).toBe('cancelled');
    }
  });

  test.each([
    { kind: 'too_late', error: fault('refused') },
    { kind: 'unavailable', error: fault('down') },
    { kind: 'limited', error: fault('limited'), retryAt: null },
  ] as const)('$kind: the step stays as it was', async (answer) => {
    const { stage, withdraw } = await ground([answer]);
    const before = await stage.step('delete');
    expect(await withdraw()).toEqual([answer.kind]);
    expect(await stage.step('delete')).toEqual(before);
  });

  it('unclear: it is followed as before, and its note says what is not known', async () => {
    const { stage, withdraw } = await ground([{ kind: 'unclear', error: fault('lost') }]);
    expect(await withdraw()).toEqual(['unclear']);
    const step = await stage.step('delete');
    expect(step).toMatchObject({ state: 'accepted', finishedAt: null });
    expect(step.note).toContain('it is not known whether it was');
  });

  it('resolves credentials anew once', async () => {
    const denied: Withdrawal = { kind: 'credentials', error: fault('denied') };
    const once = await ground([denied, WITHDRAWN]);
    expect(await once.withdraw()).toEqual(['withdrawn']);
    expect(once.stage.sendbird.count('renew')).toBe(1);
    const always = await ground([denied], { users: ['ada', 'grace'], alone: true });
    expect(always.calls).toHaveLength(2);
    expect(await always.withdraw()).toEqual(['credentials', 'credentials']);
    // The second call is not even tried: it would be refused too.
    expect(always.asked).toHaveLength(2);
  });

  it('does not go on asking a provider that does not answer', async () => {
    const down: Withdrawal = { kind: 'unavailable', error: fault('down') };
    const { withdraw, asked } = await ground([WITHDRAWN, down], {
      users: people(4),
      alone: true,
    });
    expect(await withdraw()).toEqual(['withdrawn', 'unavailable', 'unavailable', 'unavailable']);
    expect(asked).toHaveLength(2);
  });

  it('asks nobody once it is stopped', async () => {
    const { withdraw, asked } = await ground([WITHDRAWN]);
    expect(await withdraw({ stop: AbortSignal.abort(130) })).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('asks no other account', async () => {
    const { stage, calls } = await ground([WITHDRAWN]);
    const { ledger, clock, stop } = stage;
    const work = { ledger, clock, holder: holder('cancel'), stop: stop.signal };
    const ends = await withdrawCalls(calls, { ...work, providers: new Map() });
    expect([...ends.values()]).toEqual([{ kind: 'account', configured: null }]);
  });
});
