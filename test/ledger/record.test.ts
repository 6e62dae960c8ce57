import { describe, expect, it } from 'vitest';
import { LeaseLost } from '../../src/ledger/ledger.ts';
import type { Step } from '../../src/requests/request.ts';
import type { StepPatch } from '../../src/requests/transitions/change.ts';
import {
  FILE,
  T0,
  callFor,
  erasure,
  finish,
  holder,
  plan,
  recordAll,
  stage,
  stageOf,
} from './stage.ts';

describe('open', () => {
  it('records what was planned, every step planned and nothing lost on the way', async () => {
    const { ledger } = await stage(['a']);
    const wanted = plan('a');
    const request = await ledger.request('req_a');
    expect(request).toMatchObject({
      ...wanted,
      state: 'open',
      createdAt: T0,
      finishedAt: null,
      sealed: false,
    });
    const step: Partial<Step> = {
      requestId: 'req_a',
      state: 'planned',
      note: null,
      error: null,
      whole: true,
      callId: null,
      taskId: null,
      subjects: 1,
      attempts: 0,
      checks: 0,
      repeats: 0,
      tries: 0,
      nextAt: null,
      finishedAt: null,
      artifacts: [],
    };
    expect(request?.steps).toMatchObject([step, step]);
    expect(request?.ledger).toEqual({
      sequence: 3,
      head: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    });
  });

  it('keeps ids apart that differ by case, white space, normal form or a NUL', async () => {
    const { ledger } = await stage();
    const ids = ['ada', 'Ada', 'ada ', 'a\u0301', '\u00e1', 'ada\0b', '\u{1f600}'];
    const plans = ids.map((userId, index) =>
      plan(String(index), { subject: { userId, streamId: userId, sendbirdId: null } }),
    );
    await ledger.open(plans, recordAll, T0);
    for (const [index, userId] of ids.entries()) {
      expect((await ledger.list({ user: userId })).map(({ id }) => id)).toEqual([`req_${index}`]);
      expect(await ledger.request(`req_${index}`)).toMatchObject({ subject: { userId } });
    }
  });
});

describe('record', () => {
  it('has a call on record before it leaves, and its task id after the answer', async () => {
    const { ledger } = await stage(['a', 'b']);
    await ledger.record('me', {
      at: T0 + 1,
      calls: [callFor('call_1', ['b', 'a'])],
      steps: ['a', 'b'].map((name) => ({
        id: `st_${name}_users`,
        patch: {
          state: 'intended',
          callId: 'call_1',
          subjects: 2,
          attempts: 1,
          intendedAt: T0 + 1,
        },
      })),
    });
    await ledger.record('me', {
      at: T0 + 2,
      callPatches: [
        { id: 'call_1', patch: { state: 'accepted', taskId: 't1', answeredAt: T0 + 2 } },
      ],
      steps: [
        {
          id: 'st_a_users',
          patch: { state: 'accepted', taskId: 't1', acceptedAt: T0 + 2, nextAt: T0 + 9 },
        },
      ],
    });
    expect(await ledger.calls('req_a')).toEqual([
      callFor('call_1', ['b', 'a'], { state: 'accepted', taskId: 't1', answeredAt: T0 + 2 }),
    ]);
    const request = await ledger.request('req_a');
    expect(request?.steps[0]).toMatchObject({
      state: 'accepted',
      callId: 'call_1',
      taskId: 't1',
      subjects: 2,
      nextAt: T0 + 9,
    });
    expect(request?.ledger.sequence).toBe(5);
    expect((await ledger.request('req_b'))?.ledger.sequence).toBe(4);
  });

  it('makes no event of a counter', async () => {
    const { ledger } = await stage(['a']);
    const before = await ledger.request('req_a');
    await ledger.record('me', {
      at: T0 + 1,
      steps: [{ id: 'st_a_users', patch: { checks: 7, nextAt: T0 + 3, tries: 2 } }],
    });
    const after = await ledger.request('req_a');
    expect(after?.ledger).toEqual(before?.ledger);
    expect(after?.steps[0]).toMatchObject({ checks: 7, nextAt: T0 + 3, tries: 2 });
  });

  it('keeps what a deletion has been through', async () => {
    const { ledger } = await stageOf([erasure('a')]);
    const patch = { batch: 'call_1/2', doubts: 1, after: 'still_visible', lookedAt: T0 } as const;
    await ledger.record('me', {
      at: T0,
      steps: [{ id: 'st_a_delete', patch: { ...patch, state: 'in_doubt', blocked: true } }],
    });
    const last = async () => (await ledger.request('req_a'))?.steps[2];
    expect(await last()).toMatchObject({ ...patch, blocked: true });
    await ledger.record('me', {
      at: T0,
      steps: [
        {
          id: 'st_a_delete',
          patch: { batch: null, doubts: 0, after: null, lookedAt: null, blocked: false },
        },
      ],
    });
    expect(await last()).toMatchObject({
      batch: null,
      doubts: 0,
      after: null,
      lookedAt: null,
      blocked: false,
    });
  });

  it('makes an event of each finding, before that of the state it leads to', async () => {
    const { ledger, raw } = await stageOf([erasure('a')]);
    const id = 'st_a_feeds';
    const looks: readonly StepPatch[] = [
      { after: null, lookedAt: null },
      { after: 'still_visible' },
      { after: 'not_visible', state: 'succeeded', finishedAt: T0 },
      { after: null },
      { after: null, tries: 1 },
    ];
    for (const patch of looks) await ledger.record('me', { at: T0 + 1, steps: [{ id, patch }] });
    const events = raw()
      .prepare(
        `SELECT kind, state FROM events
         WHERE request_id = 'req_a' AND step_id = ? AND at = ? ORDER BY sequence`,
      )
      .all(id, T0 + 1);
    expect(events).toEqual([
      { kind: 'check', state: 'still_visible' },
      { kind: 'check', state: 'not_visible' },
      { kind: 'step', state: 'succeeded' },
      { kind: 'check', state: null },
    ]);
    expect((await ledger.request('req_a'))?.steps[0]).toMatchObject({ after: null, tries: 1 });
  });

  it('ends, seals, and opens a request again', async () => {
    const { ledger } = await stage(['a']);
    await finish(ledger, 'a', T0 + 5);
    expect(await ledger.request('req_a')).toMatchObject({
      state: 'completed',
      finishedAt: T0 + 5,
      sealed: false,
    });
    expect(await ledger.list({ unfinished: true })).toHaveLength(1);
    await ledger.seal('me', 'req_a');
    expect(await ledger.request('req_a')).toMatchObject({ state: 'completed', sealed: true });
    expect(await ledger.list({ unfinished: true })).toEqual([]);
    await ledger.record('me', {
      at: T0 + 6,
      steps: [{ id: 'st_a_access', patch: { state: 'planned', finishedAt: null, error: null } }],
    });
    expect(await ledger.request('req_a')).toMatchObject({
      state: 'open',
      finishedAt: null,
      sealed: false,
    });
    await ledger.record('me', {
      at: T0 + 8,
      steps: [{ id: 'st_a_access', patch: { state: 'in_doubt' } }],
    });
    expect(await ledger.request('req_a')).toMatchObject({
      state: 'in_doubt',
      finishedAt: null,
      sealed: false,
    });
    await ledger.record('me', {
      at: T0 + 9,
      steps: [{ id: 'st_a_access', patch: { state: 'succeeded', finishedAt: T0 + 9 } }],
    });
    expect(await ledger.request('req_a')).toMatchObject({
      state: 'completed',
      finishedAt: T0 + 9,
      sealed: false,
    });
  });

  it('does not seal a request that has not ended', async () => {
    const { ledger } = await stage(['a']);
    await expect(ledger.seal('me', 'req_a')).rejects.toThrow('not ended');
  });

  it('counts a request as sealed that has nothing to write', async () => {
    const { ledger } = await stage(['a']);
    await ledger.open([plan('n', { outDir: null })], recordAll, T0);
    expect(await ledger.request('req_n')).toMatchObject({ sealed: true, state: 'open' });
    const patch = { state: 'not_found', finishedAt: T0 } as const;
    await ledger.record('me', {
      at: T0,
      steps: [
        { id: 'st_a_users', patch },
        { id: 'st_a_access', patch },
      ],
    });
    expect(await ledger.request('req_a')).toMatchObject({ sealed: true, state: 'not_found' });
  });

  it('replaces the files of a step by those of its last collection', async () => {
    const { ledger } = await stage(['a']);
    await finish(ledger, 'a', T0);
    await ledger.seal('me', 'req_a');
    const again = [
      FILE,
      { ...FILE, path: 'stream/more.json', format: 'json', sha256: 'ef' } as const,
    ];
    await ledger.record('me', {
      at: T0 + 1,
      artifacts: again.map((artifact) => ({ stepId: 'st_a_users', artifact })),
    });
    const request = await ledger.request('req_a');
    expect(request?.steps[0]?.artifacts).toEqual(again);
    expect(request?.sealed).toBe(false);
    await ledger.record('me', {
      at: T0 + 2,
      artifacts: [{ stepId: 'st_a_users', artifact: FILE }],
    });
    expect((await ledger.request('req_a'))?.steps[0]?.artifacts).toEqual([FILE]);
  });

  it('keeps an error and a note as they were', async () => {
    const { ledger } = await stage(['a']);
    const error = {
      code: 'x',
      message: 'said "no"\n',
      passing: true,
      providerCode: null,
      httpStatus: 503,
    };
    await ledger.record('me', {
      at: T0,
      steps: [{ id: 'st_a_users', patch: { error, note: 'n', whole: false } }],
    });
    expect((await ledger.request('req_a'))?.steps[0]).toMatchObject({
      error,
      note: 'n',
      whole: false,
    });
    await ledger.record('me', {
      at: T0,
      steps: [{ id: 'st_a_users', patch: { error: null, note: null } }],
    });
    expect((await ledger.request('req_a'))?.steps[0]).toMatchObject({
      error: null,
      note: null,
      whole: false,
    });
  });

  it('writes nothing of a change when one of its requests was lost, and all of the others', async () => {
    const { ledger } = await stage(['a', 'b', 'c']);
    await ledger.release(holder('me'));
    await ledger.take(['req_a', 'req_c'], holder('me'), T0);
    await ledger.take(['req_b'], holder('other', { pid: 2 }), T0);
    const fail = { state: 'failed', finishedAt: T0 } as const;
    const [lost, kept] = await Promise.allSettled([
      ledger.record('me', {
        at: T0,
        calls: [callFor('call_1', ['a', 'b'])],
        steps: [
          { id: 'st_a_users', patch: fail },
          { id: 'st_b_users', patch: fail },
        ],
      }),
      ledger.record('me', { at: T0, steps: [{ id: 'st_c_users', patch: fail }] }),
    ]);
    expect(lost).toMatchObject({ status: 'rejected', reason: expect.any(LeaseLost) });
    expect(kept.status).toBe('fulfilled');
    expect((await ledger.request('req_a'))?.steps[0]?.state).toBe('planned');
    expect(await ledger.calls('req_a')).toEqual([]);
    expect((await ledger.request('req_c'))?.steps[0]?.state).toBe('failed');
    await expect(ledger.seal('me', 'req_b')).rejects.toBeInstanceOf(LeaseLost);
  });

  it('looks at the lease of what a call, a patch of a call or a file touches', async () => {
    const { ledger, raw } = await stage(['a', 'b']);
    await ledger.record('me', { at: T0, calls: [callFor('call_1', ['a', 'b'])] });
    await ledger.release(holder('me'));
    await ledger.take(['req_a'], holder('me'), T0);
    await ledger.take(['req_b'], holder('other'), T0);
    raw().exec("UPDATE steps SET call_id = 'call_1' WHERE id LIKE '%_users'");
    const changes = [
      { at: T0, calls: [callFor('call_2', ['a', 'b'])] },
      { at: T0, callPatches: [{ id: 'call_1', patch: { taskId: 't' } }] },
      { at: T0, artifacts: [{ stepId: 'st_b_users', artifact: FILE }] },
    ];
    for (const change of changes)
      await expect(ledger.record('me', change)).rejects.toBeInstanceOf(LeaseLost);
    expect(await ledger.calls('req_a')).toMatchObject([{ id: 'call_1', taskId: null }]);
  });

  it('undoes a change that names a step or call that is not there', async () => {
    const { ledger } = await stage(['a']);
    const patch = { state: 'failed', finishedAt: T0 } as const;
    await expect(
      ledger.record('me', {
        at: T0,
        steps: [
          { id: 'st_a_users', patch },
          { id: 'nope', patch },
        ],
      }),
    ).rejects.toThrow('nope');
    await expect(
      ledger.record('me', {
        at: T0,
        steps: [{ id: 'st_a_users', patch }],
        callPatches: [{ id: 'gone', patch: { taskId: 't' } }],
      }),
    ).rejects.toThrow('gone');
    await expect(
      ledger.record('me', {
        at: T0,
        steps: [{ id: 'st_a_users', patch: { ...patch, callId: 'call_x' } }],
      }),
    ).rejects.toThrow('FOREIGN KEY');
    expect((await ledger.request('req_a'))?.steps[0]?.state).toBe('planned');
    expect((await ledger.request('req_a'))?.ledger.sequence).toBe(3);
  });
});
