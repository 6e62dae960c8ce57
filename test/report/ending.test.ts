import { describe, expect, it } from 'vitest';
import { type Ending, type Stopped, lastWords } from '../../src/report/ending.ts';
import { receiptOf } from '../../src/requests/receipt.ts';
import type { Request, RequestState, Step } from '../../src/requests/request.ts';
import { T0, access, fault, request, step } from '../requests/make.ts';

const receipt = (state: RequestState, steps: readonly Step[], more: Partial<Request> = {}) =>
  receiptOf(request({ state, steps, ...more }), null);

function end(exit: number, more: Partial<Ending> = {}) {
  return lastWords({
    exit,
    invocation: 'gdpr',
    receipts: [],
    stopped: new Map(),
    signal: null,
    timedOut: false,
    ...more,
  });
}

const down: Stopped = {
  kind: 'unavailable',
  reason: 'no connection to Sendbird: connection refused',
  tries: 4,
  lasted: 31_000,
};
const done = step({ state: 'succeeded', finishedAt: T0 });
const waiting = receipt('open', [done, access({ attempts: 4 })]);

describe('lastWords', () => {
  it('repeats what the program was called with: the same profile, the same ledger', () => {
    const { next } = end(8, { invocation: 'gdpr --profile sandbox', receipts: [waiting] });
    expect(next).toMatch(/gdpr --profile sandbox resume req_/);
  });

  it('4: whose credentials, what is safe, what next', () => {
    const kind = 'credentials';
    const reason = 'Stream refuses the credentials: HTTP 401.';
    expect(
      end(4, {
        receipts: [receipt('open', [step()])],
        stopped: new Map([['stream', { ...down, kind, reason }]]),
      }),
    ).toEqual({
      code: 'credentials',
      message:
        'Stopped: Stream refuses the credentials: HTTP 401. Not even sent yet: Stream users.',
      next: 'Nothing is lost. Set it right, then: gdpr resume req_1',
      requestIds: ['req_1'],
    });
  });

  it('4: an account that does not fit is no matter of credentials', () => {
    const reason = 'A step belongs to the account stream:a@x, and now stream:b@x is configured';
    const words = end(4, {
      receipts: [receipt('open', [step()])],
      stopped: new Map([['stream', { ...down, kind: 'account', reason }]]),
    });
    expect(words.code).toBe('account');
    expect(words.message).toContain(reason);
  });

  it('5: who does not answer, how often it was tried, what is done', () => {
    expect(end(5, { receipts: [waiting], stopped: new Map([['sendbird', down]]) })).toEqual({
      code: 'unavailable',
      message:
        'Stopped: no connection to Sendbird: connection refused (4 tries in 31 s). Tried, not accepted yet: Sendbird access.',
      next: "Stream's part is done and on disk. Nothing is lost: gdpr resume req_1",
      requestIds: ['req_1'],
    });
  });

  it('7: which call is in doubt', () => {
    const words = end(7, { receipts: [receipt('in_doubt', [access({ state: 'in_doubt' })])] });
    expect(words).toMatchObject({ code: 'in_doubt', requestIds: ['req_1'] });
    expect(words.message).toContain('Sendbird access of ada');
    expect(words.next).toMatch(/gdpr resume req_1$/);
  });

  it('8: what is running, and what is not even sent', () => {
    const receipts = [receipt('open', [step({ state: 'accepted', attempts: 1 }), access()])];
    expect(end(8, { receipts })).toEqual({
      code: 'not_finished',
      message:
        'Not finished: 1 request open; running: Stream users. Not even sent yet: Sendbird access.',
      next: 'Nothing is lost: gdpr resume req_1',
      requestIds: ['req_1'],
    });
    expect(end(8, { receipts, timedOut: true }).message).toMatch(/^Stopped waiting/);
  });

  it('never says of a call that may have arrived that it is not even sent', () => {
    const { message } = end(8, { receipts: [receipt('open', [step({ attempts: 1 })])] });
    expect(message).not.toContain('Not even sent');
    expect(message).toContain('Tried, not accepted yet: Stream users.');
  });

  it('130: that the providers go on', () => {
    expect(end(130, { receipts: [waiting], signal: 'Ctrl-C' })).toMatchObject({
      code: 'interrupted',
      message: 'Stopped by Ctrl-C. Tried, not accepted yet: Sendbird access.',
      next: expect.stringContaining('gdpr resume req_1'),
    });
  });

  it('1 and 3: what did not come, and whether to try again', () => {
    const failed = (passing: boolean) =>
      receipt('partial', [
        done,
        access({ state: 'failed', finishedAt: T0, error: fault('x', { passing }) }),
      ]);
    expect(end(3, { receipts: [failed(true)] })).toEqual({
      code: 'not_completed',
      message: 'Partial: ada.',
      next: 'What arrived is kept. To try the rest again: gdpr resume req_1',
      requestIds: ['req_1'],
    });
    expect(end(3, { receipts: [failed(false)] }).next).toMatch(/gdpr resume --failed req_1$/);
    const cut = receipt('partial', [{ ...done, whole: false }]);
    expect(end(3, { receipts: [cut] }).next).not.toContain('resume');
    const unknown = receipt('not_found', [step({ state: 'not_found', finishedAt: T0 })]);
    expect(end(1, { receipts: [unknown] })).toMatchObject({
      message: 'Not found: ada.',
      next: expect.stringContaining('Check the id'),
      requestIds: [],
    });
    const closed = receipt('closed', [step({ state: 'failed', finishedAt: T0 })]);
    expect(end(1, { receipts: [closed] }).message).toBe('Closed: ada.');
  });

  it('names no more than three requests to resume, and all of them in request_ids', () => {
    const receipts = [1, 2, 3, 4].map((n) => receipt('open', [step()], { id: `req_${n}` }));
    const words = end(8, { receipts });
    expect(words.next).toBe('Nothing is lost: gdpr resume');
    expect(words.requestIds).toHaveLength(4);
    expect(end(8, { receipts: receipts.slice(1) }).next).toMatch(/resume req_2 req_3 req_4$/);
  });

  it('lets no id reach the terminal raw', () => {
    const subject = { userId: 'a\u001b[2J\u202eb', streamId: null, sendbirdId: null };
    for (const [exit, state] of [
      [1, 'failed'],
      [7, 'in_doubt'],
    ] as const) {
      const { message } = end(exit, {
        receipts: [receipt(state, [access({ state })], { subject })],
      });
      expect(message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });

  it('every one of them says what is safe or what next, in one line', () => {
    for (const exit of [1, 3, 4, 5, 7, 8, 129, 130, 143]) {
      const stopped = new Map([['sendbird', down]] as const);
      const { next, message } = end(exit, { receipts: [waiting], stopped, signal: 'SIGTERM' });
      expect(next).not.toBe('');
      expect(`${message}${next}`).not.toContain('\n');
      expect(message).not.toMatch(/undefined|null|^\.?$/);
    }
  });
});
