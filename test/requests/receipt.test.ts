import { describe, expect, it, test } from 'vitest';
import { receiptOf } from '../../src/requests/receipt.ts';
import type { Request, Step } from '../../src/requests/request.ts';
import {
  FILE,
  GONE,
  HARD,
  SOFT,
  STILL_THERE,
  T0,
  access,
  account,
  fault,
  feeds,
  removal,
  request,
  step,
} from './make.ts';

const RECEIPT_KEYS = [
  'schema',
  'request_id',
  'action',
  'mode',
  'erasure',
  'state',
  'subject',
  'reference',
  'profile',
  'operator',
  'received_on',
  'due_on',
  'created_at',
  'finished_at',
  'extension',
  'closing',
  'bundle',
  'not_covered',
  'not_erased',
  'steps',
  'verification',
  'ledger',
];
const STEP_KEYS = [
  'provider',
  'operation',
  'state',
  'task_id',
  'options',
  'intended_at',
  'accepted_at',
  'finished_at',
  'attempts',
  'checks',
  'subjects',
  'note',
  'error',
  'artifacts',
];

/** As it is read by a script. */
function read(...of: Parameters<typeof receiptOf>) {
  return JSON.parse(JSON.stringify(receiptOf(...of)));
}

describe('receiptOf', () => {
  it('has every key of the schema, in its order, and null for what is absent', () => {
    const bare = read(
      request({
        subject: { userId: 'ada', streamId: null, sendbirdId: 'ada' },
        reference: null,
        steps: [access()],
      }),
      null,
    );
    expect(Object.keys(bare)).toEqual(RECEIPT_KEYS);
    expect(Object.keys(bare.steps[0])).toEqual(STEP_KEYS);
    expect(bare).toMatchObject({
      schema: 'gdpr-receipt/1',
      mode: null,
      erasure: null,
      reference: null,
      finished_at: null,
      bundle: null,
      verification: [],
      subject: { user_id: 'ada', stream_id: null, sendbird_id: 'ada' },
    });
    expect(bare.steps[0]).toMatchObject({
      task_id: null,
      intended_at: null,
      note: null,
      error: null,
    });
  });

  it('tells of an extension, and then of the day that counts', () => {
    const extension = { until: '2027-01-20', reason: 'many', operator: 'joe', at: T0 };
    expect(read(request({ extension }), null)).toMatchObject({
      due_on: '2027-01-20',
      extension: {
        until: '2027-01-20',
        first_due_on: '2026-12-21',
        reason: 'many',
        operator: 'joe',
        at: '2026-11-20T09:00:00.000Z',
      },
      closing: null,
    });
  });

  it('tells by whom, when and why it was closed', () => {
    const closing = { reason: 'by phone', operator: 'joe', at: T0 };
    expect(read(request({ state: 'closed', closing }), null)).toMatchObject({
      due_on: '2026-12-21',
      extension: null,
      closing: { reason: 'by phone', operator: 'joe', at: '2026-11-20T09:00:00.000Z' },
    });
  });

  it('has the same keys when all is there', () => {
    const failed = step({
      state: 'failed',
      taskId: 'task-1',
      intendedAt: T0,
      acceptedAt: T0 + 1,
      finishedAt: T0 + 2,
      error: fault('rate_limited', { providerCode: 9, httpStatus: 429 }),
      artifacts: [FILE],
    });
    const full = read(
      request({ state: 'failed', finishedAt: T0 + 42_000, steps: [failed] }),
      '/srv/gdpr-exports/req_1',
    );
    expect(Object.keys(full)).toEqual(RECEIPT_KEYS);
    expect(Object.keys(full.steps[0])).toEqual(STEP_KEYS);
    expect(full.steps[0]).toMatchObject({
      intended_at: '2026-11-20T09:00:00.000Z',
      accepted_at: '2026-11-20T09:00:00.001Z',
      error: {
        code: 'rate_limited',
        message: 'it says rate_limited',
        passing: true,
        provider_code: 9,
        http_status: 429,
      },
      artifacts: [FILE],
    });
    expect(Object.keys(full.steps[0].error)).toEqual([
      'code',
      'message',
      'passing',
      'provider_code',
      'http_status',
    ]);
    expect(Object.keys(full.steps[0].artifacts[0])).toEqual([
      'path',
      'bytes',
      'sha256',
      'format',
      'records',
    ]);
    expect(full).toMatchObject({
      bundle: '/srv/gdpr-exports/req_1',
      created_at: '2026-11-20T09:00:00.000Z',
      finished_at: '2026-11-20T09:00:42.000Z',
      ledger: { sequence: 12 },
    });
  });

  it('names no bundle before a file is in it', () => {
    expect(receiptOf(request({ steps: [step()] }), '/srv/x').bundle).toBeNull();
  });

  it("shows nothing of our own bookkeeping: accounts, next checks, the subject's id a step", () => {
    const text = JSON.stringify(receiptOf(request({ steps: [step({ nextAt: T0 })] }), null));
    expect(text).not.toMatch(/account|next_at|nextAt|tries|repeats|callId|sealed/);
  });

  it('is the same paper for the same record, whoever asks and when', () => {
    const of = request({ steps: [step(), access()] });
    expect(receiptOf(structuredClone(of), '/b')).toEqual(receiptOf(of, '/b'));
  });

  it('says what is not covered, by what was asked', () => {
    const [streamOnly, sendbirdOnly, both] = [
      [step()],
      [access()],
      [step(), step({ operation: 'export_feeds' }), access()],
    ].map((steps) => receiptOf(request({ steps }), null).not_covered.join('\n'));
    expect(streamOnly).toContain('Stream: feeds data');
    expect(streamOnly).not.toContain('Sendbird');
    expect(sendbirdOnly).toMatch(/Desk.*\n.*retention/);
    expect(sendbirdOnly).not.toContain('Stream');
    expect(both).toContain('Stream: other apps');
    expect(both).not.toContain('feeds data');
  });
});

const erase = (steps: readonly Step[], more: Partial<Request> = {}): Request =>
  request({ action: 'erase', mode: 'hard', state: 'completed', outDir: null, steps, ...more });
const rowsOf = (steps: readonly Step[]) => receiptOf(erase(steps), null).verification;
const softly = { options: {} };

describe('verification', () => {
  it('has every key, one row for each deletion that its provider offers', () => {
    const rows = rowsOf([step(), access(), feeds(GONE), account(GONE), removal(GONE)]);
    expect(Object.keys(rows[0] ?? {})).toEqual([
      'provider',
      'check',
      'before',
      'result',
      'shows',
      'checked_at',
    ]);
    expect(rows).toMatchObject(
      [
        ['stream', 'feed_data'],
        ['stream', 'user_lookup'],
        ['sendbird', 'user_lookup'],
      ].map(([provider, check]) => ({
        provider,
        check,
        before: 'visible',
        result: 'not_visible',
        checked_at: '2026-11-20T09:00:40.000Z',
      })),
    );
  });

  it('has no result while it is outstanding, a finding of a look before included', () => {
    for (const state of ['planned', 'accepted', 'reported'] as const) {
      const [row] = rowsOf([account({ ...STILL_THERE, state, finishedAt: null })]);
      expect(row).toMatchObject({
        result: null,
        checked_at: null,
        shows: 'not looked at again yet',
      });
    }
  });

  it.each(['unsupported', 'already_active'] as const)('has none for %s', (state) => {
    expect(rowsOf([step({ operation: 'restore_users', state, finishedAt: T0 })])).toEqual([]);
  });

  test.each([
    ['not_found', 'the provider says that there is nothing'],
    ['not_sent', 'it was not done'],
    ['failed', 'it was not done'],
    ['succeeded', "the provider's word alone"],
  ] as const)('says of %s that nobody looked again', (state, words) => {
    const [row] = rowsOf([account({ state, finishedAt: T0 })]);
    expect(row?.shows).toContain(words);
  });

  const restore = step({ operation: 'restore_users', before: 'not_visible' });
  const soft = account({ options: SOFT });
  const pruned = account({ options: { user: 'pruning', messages: 'pruning' } });
  test.each([
    ['a hard feed deletion', feeds(GONE), /hidden activities included.*reactions and follows/],
    ['a soft one', feeds({ ...GONE, ...softly }), /hidden, not removed.*reactions and follows/],
    ['feeds, none before', feeds({ ...GONE, before: 'not_visible' }), /none before either/],
    ['feeds, still there', feeds(STILL_THERE), /still return data/],
    ['feeds, no way', feeds({ ...GONE, after: 'not_checkable' }), /only Stream's word/],
    ['a hard account', account(GONE), /no longer returned.*removed is Stream's word/],
    ['a soft one', { ...soft, ...GONE }, /hidden, and its data is still there/],
    ['a pruned one', { ...pruned, ...GONE }, /hidden, not removed.*cleared is Stream's word/],
    ['not before', account({ ...GONE, before: 'not_visible' }), /before either.*Stream's word/],
    ['an account, still there', account(STILL_THERE), /account still returned by QueryUsers/],
    ['an account, no way', account({ ...GONE, after: 'not_checkable' }), /only Stream's word/],
    ['Sendbird', removal(GONE), /no longer returned by the user API; messages cannot be/],
    ['Sendbird, not before', removal({ ...GONE, before: 'not_visible' }), /Sendbird's word does/],
    ['Sendbird, still there', removal(STILL_THERE), /still returned by the user API/],
    ['Sendbird, no way', removal({ ...GONE, after: 'not_checkable' }), /only Sendbird's word/],
    [
      'a restore',
      { ...restore, ...GONE, after: 'visible' as const },
      /returned by QueryUsers again/,
    ],
    ['a restore in vain', { ...restore, ...GONE }, /it is not back/],
    ['a restore, no way', { ...restore, ...GONE, after: 'not_checkable' as const }, /is back$/],
  ])('says what it shows: %s', (_, of, words) => {
    expect(rowsOf([of])[0]?.shows).toMatch(words);
  });

  it('says something else for every outcome of the same check', () => {
    for (const of of [feeds(), account(), removal()]) {
      const all = (['visible', 'not_visible'] as const).flatMap((before) =>
        (['not_visible', 'still_visible', 'not_checkable'] as const).map(
          (after) => rowsOf([{ ...of, ...GONE, before, after }])[0]?.shows,
        ),
      );
      expect(new Set(all).size).toBe(4);
    }
  });
});

describe('erasure', () => {
  const hard = [feeds(GONE), account(GONE), removal(GONE)];
  test.each<[string, readonly Step[], Partial<Request>, string | null]>([
    ['all hard', hard, {}, 'erased'],
    ['Sendbird alone', [removal(GONE)], { mode: 'soft' }, 'erased'],
    ['a soft account', [account({ ...GONE, options: SOFT })], {}, 'hidden'],
    ['a pruned one', [account({ ...GONE, options: { user: 'pruning' } })], {}, 'hidden'],
    ['soft feed data', [feeds({ ...GONE, ...softly }), account(GONE)], {}, 'hidden'],
    [
      'soft, and nothing there at Stream',
      [account({ state: 'not_found', finishedAt: T0, options: SOFT }), removal(GONE)],
      {},
      'erased',
    ],
    [
      'soft, and gone before: nobody knows how',
      [account({ state: 'succeeded', finishedAt: T0, options: SOFT })],
      {},
      'hidden',
    ],
    [
      'soft, and gone before by a hard one',
      [account({ ...GONE, options: SOFT, before: 'not_visible', earlierOptions: HARD })],
      {},
      'erased',
    ],
    [
      'soft, of somebody who was seen again after a hard one',
      [account({ ...GONE, options: SOFT, earlierOptions: HARD })],
      {},
      'hidden',
    ],
    [
      'soft, and gone before by a soft one',
      [account({ ...GONE, options: SOFT, before: 'not_visible', earlierOptions: SOFT })],
      {},
      'hidden',
    ],
    [
      'hard but for files',
      [account({ ...GONE, options: { ...HARD, files: false } })],
      {},
      'hidden',
    ],
    [
      'hard but for calls',
      [account({ ...GONE, options: { ...HARD, calls: 'soft' } })],
      {},
      'hidden',
    ],
    ['partial', [account(GONE), removal(STILL_THERE)], { state: 'partial' }, null],
    ['open', [account(GONE), removal()], { state: 'open' }, null],
    ['not found', [account({ state: 'not_found' })], { state: 'not_found' }, null],
    ['an export', [step()], { action: 'export' }, null],
    ['a restore', [step({ operation: 'restore_users' })], { action: 'restore' }, null],
  ])('of %s', (_, steps, more, erasure) => {
    expect(receiptOf(erase(steps, more), null).erasure).toBe(erasure);
  });
});

const linesOf = (steps: readonly Step[], more: Partial<Request> = {}): string =>
  receiptOf(erase(steps, more), null).not_covered.join('\n');

const leftOf = (steps: readonly Step[]) => receiptOf(erase(steps), null).not_erased;

describe('not_erased', () => {
  it('names what a softer or narrower deletion has left at Stream', () => {
    expect(leftOf([feeds(GONE), account(GONE), removal(GONE)])).toEqual([]);
    expect(
      leftOf([account({ ...GONE, options: { ...HARD, files: false, calls: 'soft' } })]),
    ).toEqual(['calls', 'files']);
    expect(leftOf([feeds({ ...GONE, ...softly }), account({ ...GONE, options: SOFT })])).toEqual([
      'feed_data',
      'account',
      'messages',
      'conversations',
      'calls',
      'files',
    ]);
    expect(leftOf([account({ ...STILL_THERE, options: SOFT })])).toEqual([]);
  });

  it('is what neither this erase nor a harder one before has removed', () => {
    const past = { before: 'not_visible', earlierOptions: { ...HARD, files: false } } as const;
    expect(leftOf([account({ ...GONE, ...past, options: SOFT })])).toEqual(['files']);
  });
});

describe('what a deletion or restore does not cover', () => {
  it('is little when it is hard', () => {
    expect(linesOf([feeds(), account(), removal()])).toBe(
      [
        'Stream: other apps than this one',
        'Sendbird: other applications than this one',
        'Sendbird Desk, Calls and Business Messaging',
      ].join('\n'),
    );
  });

  it('names what the options leave alone', () => {
    const soft = linesOf([account({ options: { user: 'soft', files: false } })]);
    for (const what of ['feeds data', 'messages', '1:1 conversations', 'calls', 'uploaded files']) {
      expect(soft).toContain(`Stream: ${what}`);
    }
    expect(soft).not.toContain('Sendbird');
  });

  it('names what is only hidden where the account is removed', () => {
    const weak = { ...HARD, calls: 'soft', files: false };
    expect(linesOf([feeds(), account({ options: weak })])).toBe(
      [
        'Stream: other apps than this one',
        'Stream: calls are hidden, not removed',
        'Stream: uploaded files',
      ].join('\n'),
    );
  });

  it('of a restore is other apps; nothing where there is no restore', () => {
    const steps = [
      step({ operation: 'restore_users' }),
      removal({ operation: 'restore_users', state: 'unsupported', finishedAt: T0 }),
    ];
    expect(linesOf(steps, { action: 'restore' })).toBe('Stream: other apps than this one');
  });
});
