import { describe, expect, it, test } from 'vitest';
import { type Ending, type Stopped, lastWords } from '../../../src/report/ending/last-words.ts';
import { runOutcomeOf } from '../../../src/report/ending/outcome.ts';
import { type Receipt, receiptOf } from '../../../src/requests/receipt.ts';
import type { Request, RequestState, Step } from '../../../src/requests/request.ts';
import {
  FILE,
  GONE,
  HARD,
  STILL_THERE,
  T0,
  access,
  account,
  fault,
  feeds,
  removal,
  request,
  step,
} from '../../requests/make.ts';

const receipt = (state: RequestState, steps: readonly Step[], more: Partial<Request> = {}) =>
  receiptOf(request({ state, steps, ...more }), null);

interface Parts extends Partial<Omit<Ending, 'runOutcome' | 'unconfirmed'>> {
  receipts?: readonly Receipt[];
  unconfirmed?: readonly string[];
}

function end(exit: number, { receipts = [], unconfirmed = [], ...more }: Parts = {}) {
  return lastWords({
    exit,
    invocation: 'gdpr',
    runOutcome: runOutcomeOf(receipts),
    unconfirmed: { first: unconfirmed, number: unconfirmed.length },
    stopped: new Map(),
    signal: null,
    timedOut: false,
    again: null,
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

const PRUNING = { user: 'pruning', messages: 'pruning' };

const erasing = (state: RequestState, steps: readonly Step[], more: Partial<Request> = {}) =>
  receipt(state, steps, { action: 'erase', mode: 'hard', ...more });

/** What is advised about a deletion that was not sent since its export was cut. */
const cutAt = (more: Partial<Request>, deletion: Partial<Step>, at: 'stream' | 'sendbird') => {
  const copy = at === 'stream' ? done : access({ state: 'succeeded', finishedAt: T0 });
  const not = { state: 'not_sent', finishedAt: T0, ...deletion } as const;
  const steps = [{ ...copy, whole: false }, at === 'stream' ? account(not) : removal(not)];
  return end(3, { receipts: [erasing('partial', steps, more)] }).next.split(': gdpr ')[1];
};

describe('the last words of an erase', () => {
  it('speaks of files only where there are some', () => {
    const open = erasing('open', [feeds(GONE), account(GONE), removal({ attempts: 1 })]);
    const stopped = new Map([['sendbird', down]] as const);
    expect(end(5, { receipts: [open], stopped }).next).toBe(
      "Stream's part is done. Nothing is lost: gdpr resume req_1",
    );
    const withFiles = erasing('open', [done, account(GONE), removal()]);
    expect(end(5, { receipts: [withFiles], stopped }).next).toMatch(
      /^Stream's part is done and on/,
    );
  });

  it('8: what is running, what is being checked and what is not even sent', () => {
    const steps = [feeds({ state: 'accepted' }), account(), removal({ state: 'reported' })];
    expect(end(8, { receipts: [erasing('open', steps)] })).toEqual({
      code: 'not_finished',
      message:
        'Not finished: 1 request open; running: Stream feed data; being checked: Sendbird account. Not even sent yet: Stream account.',
      next: 'Nothing is lost: gdpr resume req_1',
      requestIds: ['req_1'],
    });
  });

  it('8: that a deletion tried in vain goes out once more within the hour, and later on demand', () => {
    const steps = [feeds({ attempts: 1 }), account()];
    const { message } = end(8, { receipts: [erasing('open', steps)] });
    expect(message).toMatch(/Tried, not accepted yet: Stream feed data\./);
    expect(message).toMatch(/once more within an hour; later only: gdpr resume --resend req_1\.$/);
    const others = erasing('open', [removal({ attempts: 1 })]);
    expect(end(8, { receipts: [others] }).message).not.toContain('--resend');
  });

  it('8: what waits to be confirmed anew', () => {
    const open = erasing('open', [feeds(), account()]);
    const { message, next } = end(8, { receipts: [open], unconfirmed: ['req_1'] });
    expect(message).toContain('Not even sent yet: Stream feed data and Stream account.');
    expect(message).toMatch(
      /nobody confirmed it within 7 days: 1 request\. .*: gdpr resume req_1\.$/,
    );
    expect(next).toBe('Nothing is lost: gdpr resume req_1');
  });

  const doubt = { state: 'in_doubt', blocked: true, attempts: 2 } as const;
  it('7: a Stream deletion goes out again only when the operator says so', () => {
    const receipts = [erasing('in_doubt', [feeds(doubt), account({ state: 'not_sent' })])];
    const { message, next } = end(7, { receipts });
    expect(message).toContain('(Stream feed data of ada)');
    expect(next).toMatch(/^Nothing is sent again by itself.*: gdpr resume --resend req_1$/);
  });

  it("7: Sendbird's list is searched again, or the deletion is sent again", () => {
    const { next } = end(7, { receipts: [erasing('in_doubt', [removal(doubt)])] });
    expect(next).toBe(
      "To search Sendbird's list again: gdpr resume req_1; to send the deletion again: gdpr resume --resend req_1",
    );
  });

  it('7: a restore is looked for again', () => {
    const restore = step({ ...doubt, operation: 'restore_users' });
    const { next } = end(7, { receipts: [receipt('in_doubt', [restore], { action: 'restore' })] });
    expect(next).toMatch(/gdpr resume req_1$/);
    expect(next).not.toContain('--resend');
  });

  it('7: names every request that --resend is for, however many', () => {
    const receipts = [1, 2, 3, 4].map((n) =>
      erasing('in_doubt', [account(doubt)], { id: `req_${n}` }),
    );
    expect(end(7, { receipts }).next).toMatch(/--resend req_1 req_2 req_3 req_4$/);
  });

  it('3: still visible: to look again, or to send it again', () => {
    expect(
      end(3, { receipts: [erasing('partial', [account(GONE), removal(STILL_THERE)])] }),
    ).toEqual({
      code: 'not_completed',
      message: 'Partial: ada.',
      next: 'What was deleted stays deleted. To look again: gdpr resume req_1; to send it again: gdpr resume --failed req_1',
      requestIds: ['req_1'],
    });
  });

  it('3: what failed, and what was left out for it, is tried again together', () => {
    const error = fault('task_failed');
    const steps = [
      feeds({ state: 'failed', finishedAt: T0, error }),
      account({ state: 'not_sent', finishedAt: T0 }),
      removal(GONE),
    ];
    expect(end(3, { receipts: [erasing('partial', steps)] }).next).toBe(
      'What was deleted stays deleted. To try the rest again: gdpr resume req_1',
    );
  });

  it('3: an export that is not whole: nothing is deleted before the operator says so', () => {
    const steps = [
      { ...done, whole: false },
      account({ state: 'not_sent', finishedAt: T0 }),
      removal({ state: 'not_sent', finishedAt: T0 }),
    ];
    const invocation = 'gdpr --profile prod';
    const { next } = end(3, { invocation, receipts: [erasing('partial', steps)] });
    expect(next).toBe(
      'Nothing was deleted. The export is not whole, so the deletion was not sent. To delete all the same: gdpr --profile prod erase ada --hard --reference ZD-1042 --received 2026-11-20 --export-first --accept-partial-export',
    );
  });

  it.each([
    ['softly', { mode: 'soft' }, { options: { user: 'soft', messages: 'soft' } }, 'stream', ''],
    ['pruning', { mode: 'pruning' }, { options: PRUNING }, 'stream', ' --mode pruning'],
    [
      'with options',
      { mode: 'soft' },
      { options: { user: 'soft', messages: 'hard', calls: 'soft', files: true } },
      'stream',
      ' --messages hard --calls soft --files',
    ],
    [
      'with new owners',
      {},
      { options: { ...HARD, new_channel_owner_id: 'b c', new_call_owner_id: 'bob' } },
      'stream',
      " --hard --new-channel-owner 'b c' --new-call-owner bob",
    ],
    [
      'at Sendbird',
      { mode: null },
      { options: { channel_delete_option: 'all' } },
      'sendbird',
      ' --channels all',
    ],
  ] as const)('3: that command does the same again: %s', (_, more, deletion, at, flags) => {
    expect(cutAt({ reference: null, ...more }, deletion, at)).toBe(
      `erase ada --provider ${at}${flags} --received 2026-11-20 --export-first --accept-partial-export`,
    );
  });

  it('3: that command names the same person, and the folder of the files', () => {
    const steps = [
      { ...done, whole: false, artifacts: [FILE] },
      account({ state: 'not_sent', finishedAt: T0 }),
      removal({ state: 'not_sent', finishedAt: T0 }),
    ];
    const subject = { userId: 'Ada L.', streamId: 'ada', sendbirdId: '-a' };
    const of = request({ state: 'partial', action: 'erase', mode: 'hard', subject, steps });
    const { next } = end(3, { receipts: [receiptOf(of, '/srv/my out/req_1')] });
    expect(next).toMatch(/^What arrived is kept; nothing was deleted\./);
    expect(next).toMatch(
      /: gdpr erase 'Ada L\.' --stream-id ada --sendbird-id -a --hard .* --out '\/srv\/my out'$/,
    );
  });

  it('3: of several, what was done, and who was not found', () => {
    const well = ['ada', 'grace', 'linus', 'quiet'].map((userId) =>
      erasing('completed', [account(GONE)], {
        subject: { userId, streamId: userId, sendbirdId: null },
      }),
    );
    const nobody = erasing('not_found', [account({ state: 'not_found', finishedAt: T0 })], {
      subject: { userId: 'nobodyQ', streamId: 'nobodyQ', sendbirdId: null },
    });
    expect(end(3, { receipts: [...well, nobody] }).next).toBe(
      '4 of 5 completed. What was deleted stays deleted. Of nobodyQ nothing was changed. Check the id, or give --stream-id or --sendbird-id.',
    );
    const error = fault('task_failed');
    const failed = erasing('failed', [
      account({ state: 'failed', attempts: 1, finishedAt: T0, error }),
    ]);
    expect(end(3, { receipts: [...well, nobody, failed] }).next).toMatch(
      /^4 of 6 completed\. What was deleted stays.* Of nobodyQ nothing.*again: gdpr resume req_1$/,
    );
  });

  it('1: nobody of that name: nothing was changed', () => {
    const steps = [account({ state: 'not_found', finishedAt: T0 })];
    expect(end(1, { receipts: [erasing('not_found', steps)] }).next).toMatch(
      /^Nothing was changed\. Check the id/,
    );
  });

  test.each([
    ['a task', account({ state: 'not_found', finishedAt: T0, taskId: 't' })],
    ['an acceptance', account({ state: 'not_found', finishedAt: T0, acceptedAt: T0 })],
    [
      'a call that may have arrived',
      account({ state: 'not_found', finishedAt: T0, after: 'not_visible', lookedAt: T0 }),
    ],
  ])('1, 3: not found after %s: it is not said that nothing was changed', (_, taken) => {
    const gone = erasing('not_found', [taken, removal({ state: 'not_found', finishedAt: T0 })]);
    const only = end(1, { receipts: [gone] });
    expect(only.next).toMatch(/^Of ada a call was taken on, or may have been: see.*Check the id/);
    const nobody = erasing('not_found', [account({ state: 'not_found', finishedAt: T0 })], {
      subject: { userId: 'nobody', streamId: 'nobody', sendbirdId: null },
    });
    expect(end(1, { receipts: [gone, nobody] }).next).toMatch(
      /^Of nobody nothing was changed\. Of ada a call was taken on.*Check the id/,
    );
    const closed = erasing('closed', [account(GONE)]);
    expect(end(1, { receipts: [closed, nobody] }).next).toMatch(
      /^Of nobody nothing was changed\. C/,
    );
    const well = erasing('completed', [account(GONE)]);
    expect(end(3, { receipts: [well, gone] }).next).toMatch(/stays deleted\. Of ada a call was/);
  });

  it('6: whom the profile protects, what went on, and the ways out', () => {
    const error = fault('protected', { message: 'not sent: protected', passing: false });
    const kept = erasing('partial', [
      feeds(GONE),
      account({ state: 'not_sent', finishedAt: T0, error }),
    ]);
    const others = [erasing('completed', [account(GONE)], { id: 'req_2' }), waiting];
    expect(end(6, { receipts: [...others, kept] })).toMatchObject({
      code: 'guard',
      message: expect.stringMatching(
        /^Refused: protected by erase\.protected in the profile \w+: ada\./,
      ),
      next: 'Their deletion was not sent; the rest was carried on. Only a change of the profile allows it, and then gdpr resume --failed req_1; to settle it by hand: gdpr close req_1 --reason <text>',
      requestIds: ['req_1'],
    });
    const doubtful = erasing('in_doubt', [account({ state: 'in_doubt', blocked: true, error })]);
    const { message, next } = end(6, {
      receipts: [doubtful],
      stopped: new Map([['sendbird', down]]),
    });
    expect(message).toMatch(/^Refused: .* In doubt: a call may have arrived .* Stopped: no conn/);
    expect(next).toMatch(/allows it; to settle .* gdpr resume --resend req_1$/);
    const many = Array.from({ length: 70 }, () => kept);
    expect(end(6, { receipts: many }).message).toContain('ada, ada, ada, ada, ada and 65 more.');
  });

  it('1: a restore that its provider does not offer', () => {
    const none = step({ operation: 'restore_users', state: 'unsupported', finishedAt: T0 });
    const { next } = end(1, { receipts: [receipt('failed', [none], { action: 'restore' })] });
    expect(next).toBe('Nothing came back; the receipt says why.');
  });
});

const many = (number: number, state: RequestState, steps: readonly Step[]) =>
  Array.from({ length: number }, (_, index) =>
    erasing(state, steps, {
      id: `req_${state}_${index}`,
      subject: { userId: `${state}-${index}`, streamId: null, sendbirdId: null },
    }),
  );
describe('the last words of a batch', () => {
  const ok = many(200, 'completed', [account(GONE)]);
  const bad = (number: number, passing = false) =>
    many(number, 'failed', [
      account({ state: 'failed', attempts: 1, finishedAt: T0, error: fault('x', { passing }) }),
    ]);
  const again = 'gdpr erase --csv leavers.csv --hard --yes';

  it('count all, and hold few', () => {
    const { message, next, requestIds } = end(3, { receipts: [...ok, ...bad(1_300)], again });
    expect(message).toBe('Failed: 1,300.');
    expect(next).toBe(
      `200 of 1,500 completed. What was deleted stays deleted. To try the rest again: ${again}`,
    );
    expect(requestIds).toHaveLength(50);
  });

  it('name what failed where it is little, whatever the command was', () => {
    const { message, next } = end(3, { receipts: [...ok, ...bad(3)], again });
    expect(message).toBe('Failed: failed-0, failed-1 and failed-2.');
    expect(next).toMatch(/: gdpr resume --failed req_failed_0 req_failed_1 req_failed_2$/);
    expect(end(3, { receipts: [...ok, ...bad(4)] }).next).toMatch(/: gdpr resume --failed$/);
  });

  it('leave to resume what it repeats by itself', () => {
    const { next } = end(3, { receipts: [...ok, ...bad(200, true)], again });
    expect(next).toMatch(/To try the rest again: gdpr resume$/);
  });

  it('say how much is open, and how much of that is not even sent', () => {
    const open = many(300, 'open', [feeds({ state: 'accepted' }), account()]);
    const tried = many(60, 'open', [removal({ attempts: 1 })]);
    expect(end(8, { receipts: [...ok, ...open, ...tried], again })).toMatchObject({
      message:
        'Not finished: 360 requests open; running: Stream feed data. Not even sent yet: 300 steps. Tried, not accepted yet: 60 steps.',
      next: 'Nothing is lost: gdpr resume',
    });
  });

  it('do not say that one part is done where there are others', () => {
    const [one] = many(1, 'open', [account(GONE), removal()]);
    const receipts = one === undefined ? [] : [one, ...ok];
    expect(end(8, { receipts }).next).toBe('Nothing is lost: gdpr resume req_open_0');
  });

  it('tell how to find all that is in doubt, where it is more than can be named', () => {
    const doubtful = many(60, 'in_doubt', [removal({ state: 'in_doubt', blocked: true })]);
    const { message, next } = end(7, { receipts: doubtful, invocation: 'gdpr --profile p' });
    expect(message).toMatch(/^In doubt: calls may .* and more: 60 requests\)\.$/);
    expect(next).toMatch(/gdpr --profile p resume --resend <request>\. Which they are: /);
    expect(next).toMatch(/gdpr --profile p status --state in_doubt$/);
    expect(next).not.toContain('req_');
  });

  it('name nobody out of a few where there may be others like them', () => {
    const sendbird = many(2, 'in_doubt', [removal({ state: 'in_doubt', blocked: true })]);
    const stream = many(60, 'in_doubt', [account({ state: 'in_doubt', blocked: true })]);
    const { next } = end(7, { receipts: [...sendbird, ...stream] });
    expect(next).toContain("To search Sendbird's list again: gdpr resume;");
    expect(next).not.toContain('req_');
  });

  it('count who was not found', () => {
    const nobody = many(70, 'not_found', [account({ state: 'not_found', finishedAt: T0 })]);
    const { message, next } = end(3, { receipts: [...ok, ...nobody] });
    expect(message).toBe('Not found: 70.');
    expect(next).toContain('Of 70 people nothing was changed.');
  });

  it('count what somebody must confirm anew', () => {
    const receipts = many(80, 'open', [account()]);
    const unconfirmed = receipts.map(({ request_id: id }) => id);
    expect(end(8, { receipts, unconfirmed }).message).toMatch(
      /within 7 days: 80 requests\. In a terminal this asks: gdpr resume\.$/,
    );
  });

  it('say it of all whose export is not whole', () => {
    const notWhole = [{ ...done, whole: false }, account({ state: 'not_sent', finishedAt: T0 })];
    expect(end(3, { receipts: many(5, 'partial', notWhole) }).next).toContain('each of the 5)');
    expect(end(3, { receipts: many(70, 'partial', notWhole) }).next).toContain('each of them)');
  });
});
