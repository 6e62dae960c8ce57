import { describe, expect, it, test } from 'vitest';
import type { Submission } from '../../../src/requests/transitions/answers.ts';
import { intend } from '../../../src/requests/transitions/intended.ts';
import { doubted, sent } from '../../../src/requests/transitions/sent.ts';
import { NOW, T0, access, applied, call, fault, patchOf, step } from '../make.ts';

const RETRY = T0 + 5_000;

function answered(of: ReturnType<typeof step>, answer: Exclude<Submission, { kind: 'done' }>) {
  return sent([of], call(of), answer, NOW, RETRY);
}

describe('intend', () => {
  it('is a call of one subject, intended, and a step that names it', () => {
    const planned = step({ tries: 2, nextAt: T0 - 1, taskId: null });
    const { call: made, change } = intend([planned], null, 'call_9', T0);
    expect(made).toEqual(call(planned, { id: 'call_9' }));
    expect(change.calls).toEqual([made]);
    expect(change.callPatches).toEqual([]);
    expect(applied(planned, change)).toEqual({
      ...planned,
      state: 'intended',
      callId: 'call_9',
      attempts: 1,
      tries: 0,
      nextAt: null,
      intendedAt: T0,
    });
  });

  it('notes that it repeats a call in doubt, and marks that one', () => {
    const planned = step({ callId: 'call_1', attempts: 1 });
    const doubt = call(planned, { state: 'in_doubt' });
    const { call: made, change } = intend([planned], doubt, 'call_2', T0);
    expect(made.replaces).toBe('call_1');
    expect(change.callPatches).toEqual([{ id: 'call_1', patch: { state: 'replaced' } }]);
    expect(patchOf(change)).toMatchObject({
      attempts: 2,
      note: expect.stringContaining('repeated'),
    });
  });

  test.each(['refused', 'accepted', 'replaced'] as const)(
    'leaves a call that was %s as it is, and says nothing of repeating',
    (state) => {
      const planned = step({ callId: 'call_1', attempts: 1, note: 'before' });
      const { call: made, change } = intend([planned], call(planned, { state }), 'call_2', T0);
      expect(made.replaces).toBe('call_1');
      expect(change.callPatches).toEqual([]);
      expect(applied(planned, change).note).toBe('before');
    },
  );
});

describe('sent', () => {
  const posted = step({ state: 'intended', callId: 'call_1', attempts: 1, intendedAt: T0 });

  it('accepted: the task id is on the step and on the call', () => {
    const change = answered(posted, { kind: 'accepted', taskId: 'task-1', status: 'waiting' });
    expect(applied(posted, change)).toEqual({
      ...posted,
      state: 'accepted',
      taskId: 'task-1',
      acceptedAt: T0,
      nextAt: T0 + 2_000,
    });
    expect(change.callPatches).toEqual([
      {
        id: 'call_1',
        patch: { answeredAt: T0, state: 'accepted', taskId: 'task-1', providerStatus: 'waiting' },
      },
    ]);
  });

  it.each([
    ['export_feeds', 'no feeds data: Stream does not know this user in feeds'],
    ['export_users', 'Stream knows no such user'],
  ] as const)('absent at %s ends as not_found', (operation, note) => {
    const of = { ...posted, operation };
    const change = answered(of, { kind: 'absent', error: fault('user_unknown') });
    expect(applied(of, change)).toMatchObject({
      state: 'not_found',
      finishedAt: T0,
      error: null,
      note,
    });
    expect(change.callPatches?.[0]?.patch.state).toBe('refused');
  });

  it('refused: the step fails in the words of the answer', () => {
    const error = fault('bad_request', { passing: false, httpStatus: 400 });
    const change = answered(posted, { kind: 'refused', error });
    expect(applied(posted, change)).toMatchObject({ state: 'failed', error, finishedAt: T0 });
    expect(change.callPatches?.[0]?.patch.state).toBe('refused');
  });

  const surelyNot: readonly Exclude<Submission, { kind: 'done' }>[] = [
    { kind: 'limited', error: fault('rate_limited'), retryAt: RETRY },
    { kind: 'unsent', error: fault('no_connection') },
    { kind: 'credentials', error: fault('credentials') },
  ];
  it.each(surelyNot)(
    '$kind: was not made, so it stays planned and nothing is in doubt',
    (answer) => {
      for (const of of [posted, access({ ...posted, provider: 'sendbird', operation: 'access' })]) {
        const change = answered(of, answer);
        expect(applied(of, change)).toMatchObject({
          state: 'planned',
          finishedAt: null,
          error: null,
          nextAt: answer.kind === 'credentials' ? null : RETRY,
        });
        expect(change.callPatches?.[0]?.patch.state).toBe('refused');
      }
    },
  );

  it.each([
    ['stream', 'unavailable', 'planned'],
    ['stream', 'lost', 'planned'],
    ['sendbird', 'unavailable', 'planned'],
    ['sendbird', 'lost', 'in_doubt'],
  ] as const)('%s, %s: the call is in doubt, the step %s', (provider, kind, state) => {
    const of =
      provider === 'stream' ? posted : access({ ...posted, provider, operation: 'access' });
    const change = answered(of, { kind, error: fault('answer_lost') });
    expect(applied(of, change)).toMatchObject({ state, nextAt: RETRY, finishedAt: null, tries: 0 });
    expect(change.callPatches?.[0]?.patch.state).toBe('in_doubt');
  });

  it('a call that a crash left intended is treated as one whose answer was lost', () => {
    expect(doubted([posted], call(posted), T0, T0)).toEqual({
      at: T0,
      steps: [{ id: posted.id, patch: { state: 'planned', tries: 0, nextAt: T0 } }],
      callPatches: [{ id: 'call_1', patch: { state: 'in_doubt' } }],
    });
  });
});
