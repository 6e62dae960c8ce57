import { describe, expect, it, test } from 'vitest';
import type { Step } from '../../../src/requests/request.ts';
import type { Submission } from '../../../src/requests/transitions/answers.ts';
import { intend } from '../../../src/requests/transitions/intended.ts';
import {
  ONCE_MORE_WITHIN,
  doubted,
  isTooOld,
  sent,
} from '../../../src/requests/transitions/sent.ts';
import { NOW, T0, account, applied, call, fault, feeds, removal, step } from '../make.ts';

const RETRY = T0 + 5_000;
const SENT: Partial<Step> = { state: 'intended', callId: 'call_1', attempts: 1, intendedAt: T0 };

function many(count: number, more: (index: number) => Partial<Step> = () => ({})): Step[] {
  return Array.from({ length: count }, (_, index) =>
    account({
      ...SENT,
      id: `req_${index}/delete_users`,
      requestId: `req_${index}`,
      subjectId: `u${index}`,
      ...more(index),
    }),
  );
}

function answered(steps: readonly Step[], answer: Submission): Step[] {
  const [first] = steps;
  if (first === undefined) throw new Error('nobody');
  const change = sent(steps, call(first), answer, NOW, RETRY);
  return steps.map((each) => applied(each, change));
}

function alone(of: Step, answer: Submission): Step {
  const [after] = answered([of], answer);
  if (after === undefined) throw new Error('nobody');
  return after;
}

const absent: Submission = { kind: 'absent', error: fault('not_found', { passing: false }) };
const refused: Submission = { kind: 'refused', error: fault('refused', { passing: false }) };

describe('intend', () => {
  it('is one call for all of them, each step naming it', () => {
    const steps = many(3, () => ({
      state: 'planned',
      callId: null,
      attempts: 0,
      intendedAt: null,
    }));
    const { call: made, change } = intend(steps, null, 'call_9', T0);
    expect(made.subjectIds).toEqual(['u0', 'u1', 'u2']);
    expect(made.stepIds).toEqual(steps.map(({ id }) => id));
    expect(applied(steps[0] ?? account(), change)).toMatchObject({
      state: 'intended',
      callId: 'call_9',
      subjects: 3,
      attempts: 1,
      intendedAt: T0,
      note: null,
    });
  });

  it('keeps the instant of the first intent when it repeats one in doubt, and says that it repeats', () => {
    const of = account({ ...SENT, state: 'planned', doubts: 1 });
    const doubt = call(of, { state: 'in_doubt' });
    const { change } = intend([of], doubt, 'call_2', T0 + 60_000);
    expect(applied(of, change)).toMatchObject({ intendedAt: T0, attempts: 2 });
    expect(applied(of, change).note).toContain('repeated');
    expect(change.callPatches).toEqual([{ id: 'call_1', patch: { state: 'replaced' } }]);
  });
});

describe('sent', () => {
  it('accepted: each has the task, and no doubt is left', () => {
    const steps = many(2, () => ({ doubts: 1, batch: 'call_0' }));
    for (const after of answered(steps, { kind: 'accepted', taskId: 't', status: null })) {
      expect(after).toMatchObject({ state: 'accepted', taskId: 't', doubts: 0, batch: null });
    }
  });

  it('done at once: reported, and still to be looked at', () => {
    const restore = step({ ...SENT, operation: 'restore_users' });
    expect(alone(restore, { kind: 'done' })).toMatchObject({
      state: 'reported',
      finishedAt: null,
      nextAt: null,
    });
  });

  test.each([absent, refused])('$kind for several: halves that go apart', (answer) => {
    const steps = answered(many(5), answer);
    expect(steps.map(({ state }) => state)).toEqual(Array(5).fill('planned'));
    expect(steps.map(({ batch }) => batch)).toEqual([
      'call_1/1',
      'call_1/1',
      'call_1/1',
      'call_1/2',
      'call_1/2',
    ]);
  });

  it('sets those apart first whom the look-up did not see', () => {
    const steps = answered(
      many(6, (index) => ({ before: index === 1 || index === 4 ? 'not_visible' : 'visible' })),
      absent,
    );
    expect(steps.map(({ batch }) => batch)).toEqual(
      [1, 2, 1, 1, 2, 1].map((part) => `call_1/${part}`),
    );
  });

  test.each([
    fault('wrong_answer', { passing: false }),
    fault('refused', { passing: true, providerCode: 400_306 }),
  ])('does not split what no smaller call would mend: $code, passing $passing', (error) => {
    for (const after of answered(many(2), { kind: 'refused', error })) {
      expect(after).toMatchObject({ state: 'failed', batch: null, error });
    }
  });

  it('refused alone: failed for good', () => {
    expect(alone(account(SENT), refused)).toMatchObject({ state: 'failed', finishedAt: T0 });
  });

  it('unknown alone: not found', () => {
    const nobody = account({ ...SENT, before: 'not_visible' });
    expect(alone(nobody, absent)).toMatchObject({
      state: 'not_found',
      note: 'Stream knows no such user',
      finishedAt: T0,
    });
    expect(alone(feeds(SENT), absent).note).toContain('no feed data');
    expect(alone(removal(SENT), absent).note).toContain('gone since, and not by this call');
  });

  it('unknown, and erased before by this ledger: already gone', () => {
    expect(alone(removal({ ...SENT, earlier: 'req_0' }), absent)).toMatchObject({
      state: 'succeeded',
      note: 'already gone: erased before by req_0',
    });
  });

  it('unknown at the second call, after the first was lost: it counts as reported', () => {
    expect(alone(account({ ...SENT, doubts: 1 }), absent)).toMatchObject({
      state: 'reported',
      finishedAt: null,
    });
  });

  test.each([
    { kind: 'limited', error: fault('rate_limited'), retryAt: null },
    { kind: 'unsent', error: fault('no_connection') },
  ] satisfies Submission[])('$kind: planned as before, for later', (answer) => {
    const before = account({ ...SENT, doubts: 1, batch: 'call_0' });
    expect(alone(before, answer)).toEqual({ ...before, state: 'planned', nextAt: RETRY });
  });

  it('credentials: planned', () => {
    const answer: Submission = { kind: 'credentials', error: fault('credentials') };
    expect(alone(account(SENT), answer)).toMatchObject({ state: 'planned', finishedAt: null });
  });

  it('a fault of the provider: planned, and that it may have happened is kept in mind', () => {
    const answer: Submission = { kind: 'unavailable', error: fault('unavailable') };
    for (const after of answered(many(2), answer)) {
      expect(after).toMatchObject({ state: 'planned', doubts: 1, batch: 'call_1', nextAt: RETRY });
    }
  });
});

function lost(of: Step): Step {
  return applied(of, doubted([of], call(of), T0, RETRY));
}

describe('a lost answer', () => {
  it('at Stream: the same body once more, and no more than once', () => {
    const once = lost(account(SENT));
    expect(once).toMatchObject({ state: 'planned', doubts: 1, batch: 'call_1', nextAt: RETRY });
    const twice = lost({ ...once, state: 'intended' });
    expect(twice).toMatchObject({ state: 'in_doubt', blocked: true, nextAt: null, doubts: 2 });
    expect(twice.finishedAt).toBeNull();
  });

  test.each([removal(SENT), step({ ...SENT, operation: 'restore_users' })])(
    '$operation: it is looked for',
    (of) => {
      expect(lost(of)).toMatchObject({ state: 'in_doubt', blocked: false, tries: 0 });
    },
  );

  it('is too old an hour after the intent, and never without one', () => {
    const of = account({ ...SENT, doubts: 1 });
    expect(isTooOld(of, T0 + ONCE_MORE_WITHIN)).toBe(false);
    expect(isTooOld(of, T0 + ONCE_MORE_WITHIN + 1)).toBe(true);
    expect(isTooOld({ ...of, doubts: 0 }, T0 + 2 * ONCE_MORE_WITHIN)).toBe(false);
    expect(isTooOld({ ...of, intendedAt: null }, T0 + 2 * ONCE_MORE_WITHIN)).toBe(false);
  });
});
