import { describe, expect, it, test } from 'vitest';
import type { Call, Step } from '../../../src/requests/request.ts';
import { requestState } from '../../../src/requests/state.ts';
import {
  cancelEffectOf,
  cancelled,
  unclear,
  withdrawn,
} from '../../../src/requests/transitions/cancelled.ts';
import { intend } from '../../../src/requests/transitions/intended.ts';
import { believe } from '../../../src/requests/transitions/reported.ts';
import { mayRepeat } from '../../../src/requests/transitions/retried.ts';
import { missed, searched } from '../../../src/requests/transitions/searched.ts';
import { NOW, T0, access, account, applied, call, fault, feeds, removal, step } from '../make.ts';

const sent = (of: Step, more: Partial<Call> = {}): Call =>
  call(of, { taskId: 'task-1', state: 'accepted', answeredAt: T0 + 300, ...more });

const running = (of: Step): Step => ({ ...of, state: 'accepted', callId: 'call_1' });

const doubtfulCall = (of: Step): Call => call(of, { state: 'in_doubt' });

/** What cancelling makes of a step. */
function after(of: Step, by: Call | null = null): Step {
  return applied(of, cancelled([{ step: of, call: by, effect: cancelEffectOf(of, by) }], T0));
}

describe('fateOf', () => {
  const restore = step({ operation: 'restore_users' });
  test.each<[string, Step, Call | null, string]>([
    ['an export that was not sent', step(), null, 'unsent'],
    ['one that waits for another step', account({ blocked: true }), null, 'unsent'],
    [
      'one that was refused and waits',
      step({ attempts: 1 }),
      call(step(), { state: 'refused' }),
      'unsent',
    ],
    ['an export whose answer was lost', step({ attempts: 1 }), doubtfulCall(step()), 'left_off'],
    ['an access in doubt', access({ state: 'in_doubt' }), doubtfulCall(access()), 'left_off'],
    ['an export that was begun', step({ state: 'intended' }), call(step()), 'left_off'],
    ['a restore in doubt', { ...restore, state: 'in_doubt' }, doubtfulCall(restore), 'left_off'],
    ['a deletion that was begun', account({ state: 'intended' }), call(account()), 'in_doubt'],
    ['a deletion to be sent again', account({ doubts: 1 }), doubtfulCall(account()), 'in_doubt'],
    [
      'a deletion in doubt',
      removal({ state: 'in_doubt', doubts: 1 }),
      doubtfulCall(removal()),
      'in_doubt',
    ],
    ['a task at Sendbird', running(removal()), sent(removal()), 'withdraw'],
    ['an access that runs', running(access()), sent(access()), 'withdraw'],
    ['one that was sent twice', running(removal()), sent(removal(), { replaces: 'c' }), 'withdraw'],
    ['a task at Stream', running(feeds()), sent(feeds()), 'goes_on stream'],
    [
      'an adopted task',
      running(removal()),
      sent(removal(), { replaces: 'call_0', adopted: true }),
      'goes_on adopted',
    ],
    ['one whose call is unknown', running(removal()), null, 'goes_on adopted'],
    ['an export that waits to be fetched', step({ state: 'reported' }), null, 'goes_on done'],
    ['one that ended without data', access({ state: 'no_data' }), null, 'goes_on done'],
  ])('of %s', (_what, of, by, expected) => {
    const effect = cancelEffectOf(of, by);
    expect(effect.kind === 'goes_on' ? `${effect.kind} ${effect.why}` : effect.kind).toBe(expected);
  });

  it('knows every call that was adopted', () => {
    const lost = call(removal(), { state: 'in_doubt' });
    const tasks = [{ taskId: 'theirs', createdAt: T0, status: 'scheduled' }];
    const { calls = [] } = searched([removal()], lost, tasks, 'call_2', NOW);
    expect(calls.map(({ adopted }) => adopted)).toEqual([true]);
    expect(intend([removal()], null, 'call_3', T0).call.adopted).toBe(false);
    expect(intend([removal()], lost, 'call_3', T0).call).toMatchObject({
      replaces: lost.id,
      adopted: false,
    });
  });
});

describe('cancelled', () => {
  it('ends what was not sent, and says so', () => {
    for (const of of [step(), account({ blocked: true, batch: 'call_0/1', nextAt: T0 + 5 })]) {
      const now = after(of);
      expect(now).toMatchObject({
        state: 'cancelled',
        finishedAt: T0,
        nextAt: null,
        blocked: false,
        batch: null,
        note: 'cancelled before it was sent',
      });
      expect(requestState([now])).toBe('cancelled');
    }
  });

  it('keeps what the note said', () => {
    expect(after(step({ note: 'said before' })).note).toBe(
      'said before; cancelled before it was sent',
    );
  });

  it('ends an export that may run, and says that nobody follows it', () => {
    const of = step({ state: 'intended', callId: 'call_1' });
    const change = cancelled(
      [{ step: of, call: call(of), effect: cancelEffectOf(of, call(of)) }],
      T0,
    );
    expect(applied(of, change)).toMatchObject({ state: 'cancelled', finishedAt: T0 });
    expect(applied(of, change).note).toContain('an earlier call may have arrived');
    expect(change.callPatches).toEqual([{ id: 'call_1', patch: { state: 'in_doubt' } }]);
  });

  test.each([
    ['begun', account({ state: 'intended', callId: 'call_1' })],
    ['about to be sent again', account({ doubts: 1, callId: 'call_1', batch: 'call_1' })],
    ['being looked for', removal({ state: 'in_doubt', doubts: 1, callId: 'call_1' })],
  ])('a deletion that was %s stays in doubt, and nothing sends it again', (_what, of) => {
    const lost = call(of, { state: 'in_doubt' });
    const now = after(of, lost);
    expect(now).toMatchObject({ state: 'in_doubt', blocked: true, finishedAt: null, nextAt: null });
    expect(now.note).toContain('it is not sent again by itself');
    expect(requestState([now])).toBe('in_doubt');
    // Sendbird's list may be searched again: not found, and still visible, it is not sent.
    const again = { ...now, blocked: false, tries: 1 };
    expect(applied(again, missed([again], true, T0))).toMatchObject({
      state: 'in_doubt',
      blocked: true,
    });
    expect(after(now, lost)).toEqual(now);
  });

  it('leaves alone what goes on, and what only the provider can take back', () => {
    const of = [running(feeds()), running(removal())];
    const change = cancelled(
      of.map((each) => ({
        step: each,
        call: sent(each),
        effect: cancelEffectOf(each, sent(each)),
      })),
      T0,
    );
    expect(change.steps).toEqual([]);
    expect(change.callPatches).toEqual([]);
  });
});

it('withdrawn ends every step that the call serves', () => {
  const steps = ['a', 'b'].map((id) => running(removal({ id })));
  const change = withdrawn(steps, T0);
  for (const of of steps) {
    expect(applied(of, change)).toMatchObject({ state: 'cancelled', finishedAt: T0, nextAt: null });
  }
});

it('unclear: the step is followed, and a task that is gone is not started again by itself', () => {
  const of = running(removal());
  const now = applied(of, unclear([of], T0));
  expect(now).toMatchObject({ state: 'accepted', finishedAt: null });
  const news = { kind: 'forgotten', error: fault('task_lost') } as const;
  const gone = { ...now, ...believe({ ...now, tries: 1 }, news, NOW) };
  expect(gone).toMatchObject({ state: 'failed', error: { passing: false } });
  expect(mayRepeat(gone, { failed: false, resend: false })).toBe(false);
});
