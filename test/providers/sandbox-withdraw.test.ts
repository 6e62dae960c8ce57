import { afterEach, describe, expect, test } from 'vitest';
import type { Outgoing, RunningCall } from '../../src/providers/provider.ts';
import { type Ground, ground, slowGround } from './ground.ts';
import { never } from './stage.ts';

const HOUR = 3_600_000;
const CALLS: readonly Outgoing[] = [
  { operation: 'access', subjectIds: ['ada'], options: {} },
  {
    operation: 'delete',
    subjectIds: ['ada', 'user-000001'],
    options: { channel_delete_option: 'all' },
  },
];

let on: Ground;
afterEach(() => on.close());

async function started(call: Outgoing): Promise<RunningCall> {
  const answer = await on.of(call.operation).submit(call, never);
  if (answer.kind !== 'accepted') throw new Error(JSON.stringify(answer));
  return { ...call, id: 'call_1', taskId: answer.taskId };
}

const withdraw = async (call: Outgoing) =>
  on.of(call.operation).withdraw(await started(call), never);
const logged = (operation: string): number =>
  on.log.filter((entry) => entry.operation === operation).length;

describe.each(CALLS)('$operation', (call) => {
  test('scheduled: withdrawn, and it never takes effect', async () => {
    on = await slowGround(HOUR);
    expect(await withdraw(call)).toEqual({ kind: 'withdrawn' });
    expect(on.sandbox.control.tasks()).toEqual([]);
    await on.clock.sleep(HOUR);
    expect(on.sandbox.control.changed('sendbird')).toEqual([]);
  });

  test('under way: too late, and nothing is sent', async () => {
    on = await slowGround(HOUR);
    const running = await started(call);
    await on.clock.sleep(HOUR / 2);
    expect(await on.of('access').withdraw(running, never)).toMatchObject({
      kind: 'too_late',
      error: { message: expect.stringContaining('processing') },
    });
    expect(logged('cancelGdprRequest')).toBe(0);
  });

  test('done: too late', async () => {
    on = await ground();
    expect(await withdraw(call)).toMatchObject({ kind: 'too_late' });
    expect(logged('cancelGdprRequest')).toBe(0);
  });

  test('begun between the look and the cancellation: too late', async () => {
    on = await slowGround(HOUR, 'hold@cancelGdprRequest');
    const answer = withdraw(call);
    await on.sandbox.control.waitForHeld('cancelGdprRequest');
    await on.clock.sleep(HOUR / 2);
    on.sandbox.control.open();
    expect(await answer).toMatchObject({ kind: 'too_late', error: { code: 'refused' } });
    expect(logged('cancelGdprRequest')).toBe(1);
  });

  test('shown as canceled afterwards: withdrawn, once and for all', async () => {
    on = await slowGround(HOUR, 'cancel-shown');
    const running = await started(call);
    expect(await on.of('access').withdraw(running, never)).toEqual({ kind: 'withdrawn' });
    expect(await on.of('access').withdraw(running, never)).toEqual({ kind: 'withdrawn' });
    expect(logged('cancelGdprRequest')).toBe(1);
  });

  test('answered and not done: unclear', async () => {
    on = await slowGround(HOUR, 'cancel-ignored');
    expect(await withdraw(call)).toMatchObject({ kind: 'unclear' });
  });

  test('twice: the second cannot tell, and sends nothing', async () => {
    on = await slowGround(HOUR);
    const running = await started(call);
    await on.of('access').withdraw(running, never);
    expect(await on.of('access').withdraw(running, never)).toMatchObject({
      kind: 'unclear',
      error: { code: 'task_lost' },
    });
    expect(logged('cancelGdprRequest')).toBe(1);
  });

  test.each([
    // No effect: still scheduled, or surely not sent.
    ['http-500', 'unclear'],
    ['http-503', 'unclear'],
    ['edge-text', 'unclear'],
    ['reset', 'unclear'],
    ['http-429', 'limited'],
    ['unauthorized', 'credentials'],
    ['unauthorized-401', 'credentials'],
    // It took effect, whatever the answer.
    ['answer-lost', 'withdrawn'],
    ['slow', 'withdrawn'],
  ])('cancelled under %s: %s, in one call', async (fault, kind) => {
    on = await slowGround(HOUR, `${fault}@cancelGdprRequest`);
    expect(await withdraw(call)).toMatchObject({ kind });
    expect(logged('cancelGdprRequest')).toBe(1);
    const left = kind === 'withdrawn' ? [] : [{ settled: false }];
    expect(on.sandbox.control.tasks()).toMatchObject(left);
  });

  test('no answer in time: unclear, and nothing is repeated', async () => {
    on = await slowGround(HOUR, 'hang@cancelGdprRequest');
    const running = await started(call);
    const over = new AbortController();
    const answer = on
      .of('access')
      .withdraw(running, never)
      .finally(() => over.abort());
    while (!over.signal.aborted && logged('cancelGdprRequest') === 0) await on.clock.turn();
    on.clock.expire();
    expect(await answer).toMatchObject({ kind: 'unclear', error: { code: 'answer_lost' } });
    expect(logged('cancelGdprRequest')).toBe(1);
  });

  test.each(['http-500', 'http-503', 'http-429', 'edge-text', 'reset', 'answer-lost'])(
    'looked at under %s, once: it heals',
    async (fault) => {
      on = await slowGround(HOUR, `${fault}@viewGdprRequest=1`);
      expect(await withdraw(call)).toEqual({ kind: 'withdrawn' });
    },
  );

  test.each([
    ['http-500', 'unavailable'],
    ['http-429', 'limited'],
    ['reset', 'unavailable'],
    ['bad-json', 'unavailable'],
    ['wrong-shape', 'unavailable'],
    ['unauthorized', 'credentials'],
  ])('looked at under %s, always: %s, and nothing is sent', async (fault, kind) => {
    on = await slowGround(HOUR, `${fault}@viewGdprRequest`);
    expect(await withdraw(call)).toMatchObject({ kind });
    expect(logged('cancelGdprRequest')).toBe(0);
  });

  test.each(['http-500', 'http-429', 'reset', 'bad-json', 'unauthorized'])(
    'looked at again under %s: unclear',
    async (fault) => {
      on = await slowGround(HOUR, 'hold@cancelGdprRequest', 'cancel-shown');
      const answer = withdraw(call);
      await on.sandbox.control.waitForHeld('cancelGdprRequest');
      on.sandbox.control.addFault(`${fault}@viewGdprRequest`);
      on.sandbox.control.open();
      expect(await answer).toMatchObject({ kind: 'unclear', error: { passing: true } });
    },
  );
});

test.each(['export_feeds', 'export_users'] as const)('Stream, %s: too late', async (operation) => {
  on = await slowGround(HOUR);
  const running = await started({ operation, subjectIds: ['ada'], options: {} });
  const before = on.log.length;
  expect(await on.of(operation).withdraw(running, never)).toMatchObject({ kind: 'too_late' });
  expect(on.log).toHaveLength(before);
});
