import { describe, expect, it } from 'vitest';
import { receiptOf } from '../../src/requests/receipt.ts';
import { FILE, T0, access, fault, request, step } from './make.ts';

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
  'bundle',
  'not_covered',
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
