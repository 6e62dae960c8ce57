import { describe, expect, it, test } from 'vitest';
import { mayRepeat, revive } from '../../src/requests/revive.ts';
import { STEP_STATES } from '../../src/requests/request.ts';
import { T0, access, applied, fault, step } from './make.ts';

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
    expect(mayRepeat(of, all)).toBe(expected);
  });

  it('repeats no other state, but what had no data when it is asked to', () => {
    for (const state of STEP_STATES) {
      if (state === 'failed') continue;
      const of = { ...failed, state, error: null };
      expect(mayRepeat(of, false)).toBe(false);
      expect(mayRepeat(of, true)).toBe(state === 'no_data');
    }
    expect(mayRepeat({ ...failed, state: 'no_data', finishedAt: null }, true)).toBe(false);
  });
});

describe('revive', () => {
  it('goes on at the task that may still be good', () => {
    expect(applied(failed, revive([failed], T0))).toEqual({
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
    expect(applied(of, revive([of], T0))).toMatchObject({ state: 'planned', repeats: 1 });
  });

  it('starts anew what never had a task', () => {
    const of = { ...failed, taskId: null };
    expect(applied(of, revive([of], T0)).state).toBe('planned');
  });

  it('starts anew what had no data, and takes its advice off', () => {
    const of = access({ ...failed, state: 'no_data', error: null, note: 'run the export again' });
    expect(applied(of, revive([of], T0))).toMatchObject({ state: 'planned', note: null });
  });

  it('keeps what else was noted', () => {
    const of = { ...failed, note: 'repeated: a call before' };
    expect(applied(of, revive([of], T0)).note).toBe('repeated: a call before');
  });
});
