import { describe, expect, test } from 'vitest';
import { type Paper, papers } from './receipts.ts';
import { type ProcessStage, setProcessStage } from './stage.ts';

const ARGS = ['erase', 'ada', 'user-000001', '--hard', '--yes'];
const FAST = ['--json', '--poll-interval', '5ms'];

/** What a receipt says apart from instants, ids and how often something was tried. */
function essence(paper: Paper): unknown {
  return {
    state: paper.state,
    erasure: paper.erasure,
    user: paper.subject.user_id,
    steps: paper.steps.map(({ operation, state, options }) => ({ operation, state, options })),
    verification: paper.verification.map(({ provider, check, before, result }) => ({
      provider,
      check,
      before,
      result,
    })),
  };
}

async function uninterrupted(): Promise<unknown> {
  const stage = await setProcessStage({ rate: 1000 });
  const { receipts } = await papers(stage, ARGS);
  return receipts.map(essence);
}

/** Kills a run at the moment when a call waits at a gate, and takes the gate away. */
async function killedAt(fault: string, scope: string): Promise<ProcessStage> {
  const stage = await setProcessStage({ faults: [fault], rate: 1000 });
  const victim = stage.start([...ARGS, ...FAST]);
  await stage.sandbox.control.waitForHeld(scope);
  victim.kill('SIGKILL');
  await victim;
  stage.sandbox.control.setFaults([]);
  stage.sandbox.control.open();
  return stage;
}

describe('kill -9 between every two steps of an erase, then gdpr resume', () => {
  test.each([
    'hold@deleteFeedUserData',
    'hold-answer@deleteFeedUserData',
    'hold@getTask',
    'hold@deleteUsers',
    'hold-answer@deleteUsers',
    'hold@registerGdprDelete',
    'hold-answer@registerGdprDelete',
    'hold@viewGdprRequest',
  ])('at %s: the same outcome for everybody, and nobody else is touched', async (fault) => {
    const [, scope = ''] = fault.split('@');
    const stage = await killedAt(fault, scope);
    const { code, receipts } = await papers(stage, ['resume']);
    expect(receipts.map(essence)).toEqual(await uninterrupted());
    expect(code).toBe(0);
    for (const provider of ['stream', 'sendbird'] as const) {
      const ids = stage.sandbox.control.changed(provider).map(({ id }) => id);
      expect(ids.toSorted()).toEqual(['ada', 'user-000001']);
    }
    expect(stage.calls('registerGdprDelete')).toBeLessThanOrEqual(2);
    expect(stage.calls('deleteUsers')).toBeLessThanOrEqual(2);
  });

  test('while it looks again', async () => {
    const stage = await setProcessStage({ rate: 1000 });
    const victim = stage.start([...ARGS, ...FAST]);
    await stage.sandbox.control.waitForHeld('none', 0);
    const seen = (): boolean =>
      stage.sandbox.control.changed('stream').some(({ account }) => account['user'] !== null);
    await stage.until(seen);
    victim.kill('SIGKILL');
    await victim;
    const { receipts } = await papers(stage, ['resume']);
    expect(receipts.map(essence)).toEqual(await uninterrupted());
  });

  test('before the question is answered there is nothing to resume', async () => {
    const stage = await setProcessStage({ faults: ['hold@queryUsers'], rate: 1000 });
    const victim = stage.start([...ARGS, ...FAST]);
    await stage.sandbox.control.waitForHeld('queryUsers');
    victim.kill('SIGKILL');
    await victim;
    stage.sandbox.control.setFaults([]);
    stage.sandbox.control.open();
    expect((await stage.gdpr(['resume'])).err).toBe('Nothing is open.');
    expect(stage.sandbox.control.changed('stream')).toEqual([]);
  });
});
