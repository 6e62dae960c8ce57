import { describe, expect, it, test } from 'vitest';
import { STEP_STATES } from '../../../src/requests/request.ts';
import { mayRepeat, retried } from '../../../src/requests/transitions/retried.ts';
import { SEARCHES } from '../../../src/requests/transitions/searched.ts';
import { left } from '../../../src/requests/transitions/sent.ts';
import { STILL_THERE, T0, access, account, applied, fault, feeds, removal, step } from '../make.ts';

const PLAIN = { failed: false, resend: false };
const FAILED = { failed: true, resend: false };
const RESEND = { failed: false, resend: true };

const failed = step({
  state: 'failed',
  taskId: 'task-1',
  callId: 'call_1',
  attempts: 1,
  tries: 2,
  error: fault('file_cut'),
  finishedAt: T0 - 1,
});

describe('mayRepeat', () => {
  test.each([
    [true, 0, false, true],
    [true, 2, false, true],
    [false, 3, false, false],
    [false, 3, true, true],
    [false, 0, false, false],
    [false, 0, true, true],
  ])('passing %s, repeated %i times, --failed %s: %s', (passing, repeats, all, expected) => {
    const of = { ...failed, repeats, error: fault('x', { passing }) };
    expect(mayRepeat(of, all ? FAILED : PLAIN)).toBe(expected);
  });

  it('repeats no other state, but what had no data or took no effect when it is asked to', () => {
    for (const state of STEP_STATES) {
      if (state === 'failed') continue;
      const of = { ...failed, state, error: null };
      expect(mayRepeat(of, PLAIN)).toBe(false);
      expect(mayRepeat(of, RESEND)).toBe(false);
      expect(mayRepeat(of, FAILED)).toBe(state === 'no_data' || state === 'reported');
    }
    for (const state of ['no_data', 'reported'] as const) {
      expect(mayRepeat({ ...failed, state, finishedAt: null }, FAILED)).toBe(false);
    }
  });

  it('takes up what the profile did not let leave only when asked to, and from the start', () => {
    const kept = account({
      state: 'not_sent',
      finishedAt: T0,
      error: fault('protected', { passing: false }),
    });
    expect([PLAIN, RESEND, FAILED].map((asked) => mayRepeat(kept, asked))).toEqual([
      false,
      false,
      true,
    ]);
    expect(applied(kept, retried([kept], FAILED, T0))).toMatchObject({
      state: 'planned',
      error: null,
      finishedAt: null,
    });
  });

  it('looks again at what is still visible, as long as that may pass', () => {
    expect(mayRepeat(account(STILL_THERE), PLAIN)).toBe(true);
    const forGood = account({ ...STILL_THERE, error: fault('still_visible', { passing: false }) });
    expect([mayRepeat(forGood, PLAIN), mayRepeat(forGood, FAILED)]).toEqual([false, true]);
  });

  const doubtful = { ...left(), callId: 'call_1', doubts: 2, attempts: 2 };
  test.each([
    ['a Stream deletion', account(doubtful), false],
    ['a deletion of feed data', feeds(doubtful), false],
    ['a Sendbird deletion', removal(doubtful), true],
    ['a restore', step({ ...doubtful, operation: 'restore_users' }), true],
  ])('%s that is left in doubt: by itself only if it can be found', (_, of, found) => {
    expect([mayRepeat(of, PLAIN), mayRepeat(of, FAILED)]).toEqual([found, found]);
    expect(mayRepeat(of, RESEND)).toBe(true);
  });

  it('leaves alone what somebody is still searching for', () => {
    expect(mayRepeat(removal({ ...doubtful, blocked: false }), RESEND)).toBe(false);
  });

  it('takes up one that waits with a doubt only for --resend', () => {
    const of = account({ state: 'planned', doubts: 1, intendedAt: T0 - 7_200_000 });
    expect([mayRepeat(of, PLAIN), mayRepeat(of, RESEND)]).toEqual([false, true]);
    expect(mayRepeat(account(), RESEND)).toBe(false);
  });
});

describe('revive', () => {
  it('goes on at the task that may still be good', () => {
    expect(applied(failed, retried([failed], PLAIN, T0))).toEqual({
      ...failed,
      state: 'accepted',
      error: null,
      finishedAt: null,
      nextAt: null,
      tries: 0,
      repeats: 1,
    });
  });

  test.each(['task_failed', 'task_lost', 'link_refused'])('starts anew after %s', (code) => {
    const of = { ...failed, error: fault(code) };
    expect(applied(of, retried([of], PLAIN, T0))).toMatchObject({ state: 'planned', repeats: 1 });
  });

  it('starts anew what never had a task', () => {
    const of = { ...failed, taskId: null };
    expect(applied(of, retried([of], PLAIN, T0)).state).toBe('planned');
  });

  it('starts anew what had no data, and takes its advice off', () => {
    const of = access({ ...failed, state: 'no_data', error: null, note: 'run the export again' });
    expect(applied(of, retried([of], PLAIN, T0))).toMatchObject({ state: 'planned', note: null });
  });

  it('keeps what else was noted', () => {
    const of = { ...failed, note: 'repeated: a call before' };
    expect(applied(of, retried([of], PLAIN, T0)).note).toBe('repeated: a call before');
  });

  it('sends a deletion that failed again, with nobody else but its equals', () => {
    const of = account({
      state: 'failed',
      taskId: 'task-1',
      batch: 'call_1/2',
      doubts: 1,
      error: fault('user_not_deleted'),
      finishedAt: T0 - 1,
    });
    expect(applied(of, retried([of], PLAIN, T0))).toMatchObject({
      state: 'planned',
      batch: null,
      doubts: 0,
      error: null,
      finishedAt: null,
      repeats: 1,
    });
  });

  it('looks again first; --failed sends again. Neither leaves the old finding behind', () => {
    const of = removal(STILL_THERE);
    const [looked, sent] = [PLAIN, FAILED].map((asked) => applied(of, retried([of], asked, T0)));
    const clean = { whole: true, after: null, lookedAt: null, error: null, finishedAt: null };
    expect(looked).toMatchObject({ ...clean, state: 'reported', tries: 0, taskId: 'task-1' });
    expect(sent).toMatchObject({ ...clean, state: 'planned', batch: null });
  });

  it('keeps what a restore does not bring back', () => {
    const of = step({ operation: 'restore_users', note: 'follows stay gone', ...STILL_THERE });
    expect(applied(of, retried([of], FAILED, T0)).note).toBe('follows stay gone');
  });

  const doubtful = removal({
    ...left(),
    callId: 'call_1',
    doubts: 2,
    intendedAt: T0 - 7_200_000,
    tries: 2,
  });

  it('searches for a deletion in doubt again, and sends nothing', () => {
    expect(applied(doubtful, retried([doubtful], PLAIN, T0))).toEqual({
      ...doubtful,
      blocked: false,
      tries: 0,
      note: null,
    });
  });

  it('--resend: the same body once more, and the hour begins anew', () => {
    expect(applied(doubtful, retried([doubtful], RESEND, T0))).toEqual({
      ...doubtful,
      state: 'planned',
      blocked: false,
      batch: 'call_1',
      doubts: 1,
      intendedAt: null,
      tries: SEARCHES,
      note: null,
    });
  });
});
