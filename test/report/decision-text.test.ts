import { describe, expect, it } from 'vitest';
import {
  type CancelledStep,
  type Cancelling,
  cancelText,
  cancelWords,
  closeText,
} from '../../src/report/decision-text.ts';
import { type Call, STEP_STATES, type Step } from '../../src/requests/request.ts';
import { cancelEffectOf } from '../../src/requests/transitions/cancelled.ts';
import { T0, access, account, call, feeds, removal, request, step } from '../requests/make.ts';

const sent = (of: Step, more: Partial<Call> = {}): Call =>
  call(of, { taskId: 'task-1', state: 'accepted', answeredAt: T0 + 300, ...more });

function cancelling(pairs: readonly (readonly [Step, Call | null])[]): Cancelling {
  const effects = pairs.map(([of, by]) => ({ step: of, call: by, effect: cancelEffectOf(of, by) }));
  return { request: request({ action: 'erase', mode: 'hard' }), effects };
}

const runs = { state: 'accepted', callId: 'call_1' } as const;

describe('cancelText', () => {
  it('says of each step what becomes of it, and why', () => {
    const doubtful = feeds({ state: 'in_doubt', callId: 'call_1' });
    const text = cancelText([
      cancelling([
        [feeds(runs), sent(feeds())],
        [account({ blocked: true }), null],
        [removal({ ...runs, subjects: 12 }), sent(removal())],
      ]),
      cancelling([
        [doubtful, call(doubtful, { state: 'in_doubt' })],
        [removal(runs), sent(removal(), { replaces: 'call_0', adopted: true })],
        [access({ state: 'in_doubt' }), call(access(), { state: 'in_doubt' })],
        [step({ state: 'reported' }), sent(step())],
      ]),
      { request: request({ id: 'req_2', state: 'completed' }), effects: [] },
    ]);
    expect(text).toMatchInlineSnapshot(`
      "To be cancelled, in profile production:
        req_1  erase of ada
          Stream feed data: goes on: Stream has no way to take a task back
          Stream account: not sent yet, and will not be
          Sendbird account: sent 2026-11-20 09:00 UTC, together with 11 others:
          Sendbird is asked to take it back, which it does until it begins
        req_1  erase of ada
          Stream feed data: may have been sent: it stays in doubt, and is not sent
          again by itself
          Sendbird account: goes on: its task was found in Sendbird's list after the
          answer was lost, and may be somebody else's
          Sendbird access: may have been sent: it is not sent again, and what it may
          have started goes on
          Stream users: goes on: its provider has ended it already
        req_2  export of ada
          nothing: it has ended (completed)"
    `);
  });

  it('says where, and the ids there', () => {
    const subject = { userId: 'ada', streamId: 'ada', sendbirdId: 'ada-sb' };
    const of = request({ subject, steps: [feeds(runs), account(), removal(runs)] });
    expect(
      cancelText([{ request: of, effects: [] }])
        .split('\n')
        .slice(0, 3),
    ).toEqual([
      'To be cancelled, in profile production (Stream app key, Sendbird app app):',
      '  req_1  export of ada (there: ada-sb at Sendbird)',
      '    nothing: it has ended (open)',
    ]);
    const closed = closeText(of, []).replaceAll(/\s+/g, ' ');
    expect(closed).toContain('(Stream app key, Sendbird app app; there: ada-sb).');
  });

  it('shows the first of many', () => {
    const many = Array.from({ length: 23 }, () => cancelling([[account(), null]]));
    const lines = cancelText(many).split('\n');
    expect(lines.filter((line) => line.includes('req_1'))).toHaveLength(20);
    expect(lines.at(-1)).toBe('  and 3 requests more');
  });

  it('stays within 80 columns', () => {
    for (const state of STEP_STATES) {
      const steps = [feeds({ state }), account({ state }), removal({ state, subjects: 100 })];
      const text = cancelText([cancelling(steps.map((of) => [of, sent(of)] as const))]);
      expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    }
  });
});

const end = (name: string, why: string | null = null): CancelledStep => ({
  end: why === null ? 'withdrawn' : 'goes_on',
  name,
  why,
});

describe('cancelWords', () => {
  it('names what is not withdrawn, the first of many', () => {
    const rest = Array.from({ length: 7 }, (_, index) => end(`s${index}`, 'runs'));
    expect(cancelWords(3, [end('a'), end('b'), ...rest], ['req_1'], 'gdpr').message).toBe(
      'Withdrawn: 2 steps. Not withdrawn: s0 (runs); s1 (runs); s2 (runs); s3 (runs); s4 (runs) and 2 more.',
    );
  });

  it.each([
    [1, 'not_withdrawn', 'gdpr close <request> --reason <text>'],
    [3, 'not_withdrawn', 'gdpr resume req_1 req_2'],
    [4, 'credentials', 'Set it right, then: gdpr cancel req_1 req_2'],
    [5, 'unavailable', 'To try the rest again: gdpr cancel req_1 req_2'],
    [7, 'in_doubt', 'Nothing is sent again by itself.'],
    [130, 'interrupted', 'To try the rest again: gdpr cancel req_1 req_2'],
  ])('%i is %s: %s', (exit, code, next) => {
    const words = cancelWords(exit, [end('s', 'runs')], ['req_1', 'req_2'], 'gdpr');
    expect([words.code, words.requestIds]).toEqual([code, ['req_1', 'req_2']]);
    expect(words.next).toContain(next);
    expect(words.message).toBe('Nothing was withdrawn. Not withdrawn: s (runs).');
  });
});

describe('closeText', () => {
  it('says what goes on at the providers all the same', () => {
    const going = [
      feeds({ ...runs, taskId: 'task-1' }),
      removal({ state: 'in_doubt' }),
      step({ state: 'reported' }),
    ];
    const of = request({ action: 'erase', steps: [...going, account({ blocked: true })] });
    expect(closeText(of, going)).toMatchInlineSnapshot(`
      "This closes req_1, erase of ada, by hand, in profile production (Stream app key,
      Sendbird app app).
        Stream feed data runs there, and is carried out all the same (task task-1).
        Sendbird account may have been sent, and takes its course then.
        Stream users is done there; what is left is not fetched or looked at.
        Stream account was not sent, and will not be.
      No gdpr follows it any more; what is in its bundle stays."
    `);
  });
});
