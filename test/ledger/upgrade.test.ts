import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { openLedger } from '../../src/ledger/sqlite.ts';
import {
  ACCOUNTS,
  FILE,
  STREAM,
  T0,
  YES,
  deps,
  erasure,
  holder,
  recordAll,
  tempFolder,
} from './stage.ts';

const ALL = ['req_done', 'req_running', 'req_failed', 'req_planned'];

/** The ledger that a version left, brought to the newest version by opening it. */
async function upgraded(version: number): Promise<{ ledger: Ledger; file: string }> {
  const folder = tempFolder();
  const file = join(folder, 'ledger.sqlite');
  const dump = new URL(`../../fixtures/ledgers/version-${version}.sql`, import.meta.url);
  const db = new DatabaseSync(file);
  db.exec(readFileSync(dump, 'utf8'));
  db.close();
  const ledger = await openLedger(folder, deps(false));
  onTestFinished(() => ledger.close());
  return { ledger, file };
}

describe('a ledger of version 1', () => {
  it('is migrated, with every chain whole and every request what it was', async () => {
    const { ledger, file } = await upgraded(1);
    const states = ['completed', 'open', 'in_doubt', 'open'];
    const sequences = [10, 5, 8, 3];
    for (const [index, id] of ALL.entries()) {
      expect(await ledger.request(id)).toMatchObject({
        id,
        action: 'export',
        state: states[index],
        acceptPartial: false,
        confirmedAt: null,
        ledger: { sequence: sequences[index] },
      });
    }
    const done = await ledger.request('req_done');
    expect(done).toMatchObject({ sealed: true, finishedAt: T0 + 4 });
    expect(done?.steps[0]).toMatchObject({
      state: 'succeeded',
      taskId: 'task-done',
      artifacts: [FILE],
      blocked: false,
      batch: null,
      doubts: 0,
      before: null,
      after: null,
      lookedAt: null,
      earlier: null,
    });
    expect(existsSync(`${file}.v1.bak`)).toBe(true);
  });

  it('goes on: what was under way is due, ends and is sealed, and an erase is recorded', async () => {
    const { ledger } = await upgraded(1);
    expect(await ledger.take(ALL, holder('me'), T0)).toEqual(ALL);
    const query = { at: T0 + 9, limit: 9, accounts: ACCOUNTS };
    const due = await ledger.due('me', query);
    expect(due.map(({ step }) => step.id)).toEqual([
      'st_running_access',
      'st_failed_access',
      'st_planned_users',
      'st_planned_access',
      'st_running_users',
    ]);
    expect(due.at(-1)).toMatchObject({ call: { taskId: 'task-running' }, known: false });
    await ledger.record('me', {
      at: T0 + 9,
      steps: [
        { id: 'st_running_users', patch: { state: 'succeeded', finishedAt: T0 + 9 } },
        { id: 'st_running_access', patch: { state: 'not_found', finishedAt: T0 + 9 } },
      ],
      artifacts: [{ stepId: 'st_running_users', artifact: FILE }],
    });
    await ledger.seal('me', 'req_running');
    expect(await ledger.request('req_running')).toMatchObject({ state: 'completed', sealed: true });
    await ledger.open([erasure('a')], recordAll, T0 + 10, YES);
    expect(await ledger.request('req_a')).toMatchObject({ confirmedAt: T0 + 10 });
  });
});

describe('a ledger of version 2', () => {
  const all = ['req_first', 'req_second', 'req_gone', 'req_back', 'req_copy'];

  it('is migrated, with every chain whole and every request what it was', async () => {
    const { ledger, file } = await upgraded(2);
    const states = ['open', 'open', 'completed', 'open', 'partial'];
    const sequences = [12, 13, 21, 4, 9];
    const confirmedAt = [T0, T0 + 6, T0, T0, null];
    for (const [index, id] of all.entries()) {
      expect(await ledger.request(id)).toMatchObject({
        id,
        state: states[index],
        confirmedAt: confirmedAt[index],
        extension: null,
        closing: null,
        sealed: true,
        dueOn: '2026-12-21',
        ledger: { sequence: sequences[index] },
      });
    }
    const listed = await ledger.list({ order: 'urgent', states: ['open', 'partial'] });
    expect(listed.map(({ id }) => id)).toEqual(['req_first', 'req_second', 'req_back', 'req_copy']);
    expect(await ledger.tally({ reference: 'ZD-1042' }, '2026-12-22')).toMatchObject({
      states: { open: 3, completed: 1, partial: 1, closed: 0 },
      overdue: 4,
    });
    expect(existsSync(`${file}.v2.bak`)).toBe(true);
  });

  it('goes on: those that share a call go together, and one can be extended or closed', async () => {
    const { ledger } = await upgraded(2);
    expect(await ledger.companions('call_shared')).toEqual(['req_first', 'req_second']);
    expect(await ledger.take(['req_first'], holder('you'), T0 + 9)).toEqual(['req_first']);
    const why = { reason: 'by letter', operator: 'joe', at: T0 + 9 };
    await ledger.extend('you', 'req_first', { ...why, until: '2027-02-21' });
    await ledger.settle('you', 'req_second', why);
    const query = { at: T0 + 200, limit: 9, accounts: ACCOUNTS };
    expect((await ledger.due('you', query)).map(({ step }) => step.id)).toEqual([
      'st_first_delete',
      'st_first_users',
    ]);
    await ledger.record('you', {
      at: T0 + 201,
      steps: ['st_first_users', 'st_first_delete', 'st_second_users'].map((id) => ({
        id,
        patch: { state: 'succeeded', finishedAt: T0 + 201 },
      })),
    });
    expect(await ledger.request('req_first')).toMatchObject({ state: 'completed' });
    expect(await ledger.request('req_second')).toMatchObject({ state: 'closed' });
  });
});

describe('a ledger of version 3', () => {
  const all = [
    'req_done',
    'req_late',
    'req_shut',
    'req_run',
    'req_with',
    'req_gone',
    'req_back',
  ] as const;

  it('is migrated, with every chain whole and every request what it was', async () => {
    const { ledger, file } = await upgraded(3);
    const states = ['completed', 'open', 'closed', 'open', 'open', 'completed', 'open'];
    const sequences = [7, 6, 6, 12, 13, 14, 4];
    for (const [index, id] of all.entries()) {
      expect(await ledger.request(id)).toMatchObject({
        id,
        state: states[index],
        sealed: id !== 'req_late',
        ledger: { sequence: sequences[index] },
      });
    }
    expect(await ledger.request('req_late')).toMatchObject({
      extension: { until: '2027-02-21', reason: 'many accounts', operator: 'joe', at: T0 + 4 },
    });
    expect(await ledger.request('req_shut')).toMatchObject({
      closing: { reason: 'by letter', operator: 'joe', at: T0 + 5 },
    });
    expect(await ledger.request('req_with')).toMatchObject({
      acceptPartial: true,
      confirmedAt: T0 + 30,
    });
    expect((await ledger.list({ user: 'user gone' })).map(({ id }) => id)).toEqual(['req_gone']);
    expect(await ledger.identified(['', 'null'])).toEqual(new Map());
    expect(await ledger.page({ unfinished: true }, null, 9)).toEqual({
      ids: ['req_late', 'req_run', 'req_with', 'req_back'],
      next: null,
    });
    expect(existsSync(`${file}.v3.bak`)).toBe(true);
  });

  it('goes on: what is under way ends, what has ended is given back, and a batch is recorded', async () => {
    const { ledger } = await upgraded(3);
    expect(await ledger.take(all, holder('you'), T0 + 40)).toEqual(all);
    const users = { operation: 'delete_users', options: { user: 'hard' }, batch: null } as const;
    const query = { at: T0 + 200, limit: 9, accounts: ACCOUNTS };
    const due = await ledger.due('you', { ...query, group: users });
    expect(due.map(({ step }) => step.id)).toEqual(['st_run_users', 'st_with_users']);
    expect(await ledger.isAwaited('you', STREAM, users)).toBe(false);
    await ledger.record('you', {
      at: T0 + 201,
      callPatches: [{ id: 'call_shared', patch: { providerStatus: 'completed' } }],
      steps: ['st_run_users', 'st_with_users', 'st_run_delete'].map((id) => ({
        id,
        patch: { state: 'succeeded', finishedAt: T0 + 201 },
      })),
    });
    expect(await ledger.request('req_run')).toMatchObject({ state: 'completed' });
    // The one closed by hand has a step that never ended: whoever carries on must hold it.
    expect(await ledger.releaseEnded(holder('you'))).toBe(4);
    await ledger.open([erasure('new', { identity: 'row 1' })], recordAll, T0 + 210, YES);
    expect((await ledger.identified(['row 1'])).get('row 1')).toMatchObject({
      requestId: 'req_new',
    });
    expect(await ledger.request('req_new')).toMatchObject({ state: 'open' });
  });
});

describe('a ledger of version 4', () => {
  const found = [
    ['done', 'completed', 7],
    ['part', 'partial', 9],
    ['lost', 'failed', 7],
    ['none', 'not_found', 6],
    ['off', 'cancelled', 6],
    ['shut', 'closed', 5],
    ['found', 'open', 9],
    ['row', 'in_doubt', 16],
    ['with', 'in_doubt', 15],
    ['stuck', 'open', 7],
    ['is', 'completed', 5],
    ['back', 'open', 4],
  ] as const;
  const all = found.map(([name]) => `req_${name}`);

  it('is migrated, with every chain whole and every request what it was', async () => {
    const { ledger, file } = await upgraded(4);
    for (const [name, state, sequence] of found) {
      expect(await ledger.request(`req_${name}`)).toMatchObject({
        state,
        sealed: name !== 'part' && name !== 'found',
        ledger: { sequence },
      });
    }
    expect((await ledger.request('req_part'))?.steps[0]).toMatchObject({
      state: 'succeeded',
      whole: false,
      note: 'cut',
      artifacts: [FILE, { path: 'sendbird/files.zip', format: 'zip' }],
    });
    expect(await ledger.request('req_lost')).toMatchObject({
      extension: { until: '2027-02-21', reason: 'many accounts', operator: 'joe', at: T0 + 5 },
      steps: [{ error: { code: 'task_lost', passing: true, providerCode: 16 } }, {}],
    });
    expect(await ledger.request('req_shut')).toMatchObject({
      closing: { reason: 'by letter', operator: 'joe', at: T0 + 8 },
    });
    expect(await ledger.request('req_row')).toMatchObject({
      acceptPartial: true,
      confirmedAt: T0,
      steps: [{ before: 'visible' }, { batch: 'call_both/row' }, { earlier: 'req_before' }],
    });
    const calls = await Promise.all([ledger.calls('req_found'), ledger.calls('req_row')]);
    expect(calls.flat().map(({ id, adopted }) => `${id} ${String(adopted)}`)).toEqual([
      'call_lost false',
      'call_adopted true',
      'call_leaving false',
      'call_row_1 false',
      'call_both false',
      'call_row_2 false',
      'call_once false',
    ]);
    expect(existsSync(`${file}.v4.bak`)).toBe(true);
    const identified = await ledger.identified(['row 1', 'row 2', 'row 4']);
    expect([...identified].map(([row, { requestId }]) => [row, requestId])).toEqual([
      ['row 1', 'req_row'],
      ['row 2', 'req_with'],
    ]);
  });

  it('goes on: what was found again is followed, and what is left to the operator is not', async () => {
    const { ledger } = await upgraded(4);
    expect(await ledger.take(all, holder('you'), T0 + 60)).toEqual(all);
    const due = await ledger.due('you', { at: T0 + 200, limit: 20, accounts: ACCOUNTS });
    expect(due.map(({ step }) => `${step.id} ${step.state}`)).toEqual([
      'st_found_users intended',
      'st_row_feeds reported',
      'st_row_delete in_doubt',
      'st_with_delete planned',
      'st_stuck_delete planned',
      'st_back_restore planned',
      'st_found_access accepted',
      'st_row_users accepted',
    ]);
    const at = T0 + 201;
    await ledger.record('you', {
      at,
      steps: ['st_found_users', 'st_found_access'].map((id) => ({
        id,
        patch: { state: 'succeeded', finishedAt: at },
      })),
    });
    expect(await ledger.request('req_found')).toMatchObject({ state: 'completed' });
  });
});
