import { describe, expect, it } from 'vitest';
import type { Ledger } from '../../src/ledger/ledger.ts';
import type { PlannedRequest } from '../../src/requests/request.ts';
import type { StepPatch } from '../../src/requests/transitions/change.ts';
import { ACCOUNTS, STREAM, T0, erasure, plan, restoration, stageOf } from './stage.ts';

const EXPORT = {
  id: 'st_a_export',
  provider: 'stream',
  operation: 'export_users',
  account: STREAM,
  subjectId: 'user a',
  options: {},
} as const;

/** An erase that exports first. */
function exporting(more: Partial<PlannedRequest> = {}): PlannedRequest {
  return erasure('a', { outDir: '/exports', steps: [EXPORT, ...erasure('a').steps], ...more });
}

async function becomes(ledger: Ledger, id: string, patch: StepPatch, at = T0 + 1): Promise<void> {
  await ledger.record('me', { at, steps: [{ id, patch }] });
}

/** Every step of `req_a` in a word, its chain and record verified on the way. */
async function steps(ledger: Ledger): Promise<readonly string[]> {
  const request = await ledger.request('req_a');
  return (request?.steps ?? []).map(({ state, blocked }) => (blocked ? `${state}, waits` : state));
}

const FAILED: StepPatch = { state: 'failed', finishedAt: T0 + 1 };
const DONE: StepPatch = { state: 'succeeded', finishedAt: T0 + 1 };

describe('steps that wait for others', () => {
  it('are blocked from the beginning, and not due', async () => {
    const { ledger } = await stageOf([erasure('a')]);
    expect(await steps(ledger)).toEqual(['planned', 'planned, waits', 'planned']);
    const due = await ledger.due('me', { at: T0, limit: 9, accounts: ACCOUNTS });
    expect(due.map(({ step }) => step.id)).toEqual(['st_a_feeds', 'st_a_delete']);
  });

  it('may go in the transaction in which what they waited for was done', async () => {
    const { ledger } = await stageOf([exporting()]);
    const waiting = 'planned, waits';
    expect(await steps(ledger)).toEqual(['planned', waiting, waiting, waiting]);
    await becomes(ledger, 'st_a_export', DONE);
    expect(await steps(ledger)).toEqual(['succeeded', 'planned', waiting, 'planned']);
    await becomes(ledger, 'st_a_feeds', { state: 'accepted' });
    expect(await steps(ledger)).toEqual(['succeeded', 'accepted', waiting, 'planned']);
    await becomes(ledger, 'st_a_feeds', { state: 'reported' });
    expect(await steps(ledger)).toEqual(['succeeded', 'reported', 'planned', 'planned']);
  });

  it('are not sent when it failed, which ends the request, with an event each', async () => {
    const { ledger, raw } = await stageOf([exporting()]);
    await becomes(ledger, 'st_a_export', FAILED, T0 + 7);
    expect(await steps(ledger)).toEqual(['failed', 'not_sent', 'not_sent', 'not_sent']);
    const request = await ledger.request('req_a');
    expect(request).toMatchObject({ state: 'failed', finishedAt: T0 + 7 });
    expect(request?.steps[3]).toMatchObject({ finishedAt: T0 + 7, nextAt: null });
    const events = raw().prepare(`SELECT step_id FROM events WHERE state = 'not_sent'`).all();
    expect(events).toHaveLength(3);
  });

  it('are planned again, one behind the other, when it is taken up again', async () => {
    const { ledger } = await stageOf([exporting()]);
    await becomes(ledger, 'st_a_export', FAILED);
    await becomes(ledger, 'st_a_export', { state: 'planned', finishedAt: null });
    const waiting = 'planned, waits';
    expect(await steps(ledger)).toEqual(['planned', waiting, waiting, waiting]);
    expect(await ledger.request('req_a')).toMatchObject({ state: 'open', finishedAt: null });
    await becomes(ledger, 'st_a_export', DONE);
    expect(await steps(ledger)).toEqual(['succeeded', 'planned', waiting, 'planned']);
  });

  it.each([
    [true, ['succeeded', 'planned', 'planned, waits', 'planned']],
    [false, ['succeeded', 'not_sent', 'not_sent', 'not_sent']],
  ])('go on behind an export that is cut only with leave: %s', async (acceptPartial, after) => {
    const { ledger } = await stageOf([exporting({ acceptPartial })]);
    expect(await ledger.request('req_a')).toMatchObject({ acceptPartial });
    await becomes(ledger, 'st_a_export', { ...DONE, whole: false });
    expect(await steps(ledger)).toEqual(after);
  });

  it('move in the same change that says something else of them', async () => {
    const { ledger } = await stageOf([erasure('a')]);
    await ledger.record('me', {
      at: T0 + 1,
      steps: [
        { id: 'st_a_feeds', patch: FAILED },
        { id: 'st_a_users', patch: { note: 'said at once' } },
      ],
    });
    expect((await ledger.request('req_a'))?.steps[1]).toMatchObject({
      state: 'not_sent',
      note: 'said at once',
    });
  });
});

describe('steps that end as they come in', () => {
  it('are recorded as ended, with what is known of them', async () => {
    const { ledger } = await stageOf([erasure('a'), restoration('r')]);
    expect((await ledger.request('req_a'))?.steps).toMatchObject([
      { before: 'visible', earlier: null, finishedAt: null },
      { before: 'visible', earlier: null, finishedAt: null },
      { before: 'not_visible', earlier: 'req_before', note: null, finishedAt: null },
    ]);
    const request = await ledger.request('req_r');
    expect(request).toMatchObject({ state: 'open', finishedAt: null, sealed: true });
    expect(request?.steps).toMatchObject([
      { state: 'planned', finishedAt: null },
      { state: 'unsupported', finishedAt: T0, note: 'Sendbird has no restore', blocked: false },
    ]);
  });

  it('end their request when there are no others', async () => {
    const [asked, unsupported] = restoration('r').steps;
    const active = { ...asked!, state: 'already_active', before: 'visible' } as const;
    const { ledger, raw } = await stageOf([
      restoration('r', { steps: [active, unsupported!] }),
      restoration('s', { steps: [{ ...unsupported!, id: 'st_s_none' }] }),
    ]);
    expect(await ledger.request('req_r')).toMatchObject({ state: 'completed', finishedAt: T0 });
    expect(await ledger.request('req_s')).toMatchObject({ state: 'failed', finishedAt: T0 });
    expect(await ledger.list({ unfinished: true })).toEqual([]);
    const last = raw().prepare(
      `SELECT kind, state FROM events WHERE request_id = 'req_r' ORDER BY sequence DESC`,
    );
    expect(last.get()).toEqual({ kind: 'request', state: 'completed' });
  });

  it('leave an export as it was: three events, and nothing waits', async () => {
    const { ledger } = await stageOf([plan('a')]);
    expect(await ledger.request('req_a')).toMatchObject({ ledger: { sequence: 3 } });
    expect(await steps(ledger)).toEqual(['planned', 'planned']);
  });
});
