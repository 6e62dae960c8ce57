import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openFile } from '../../src/ledger/file/open.ts';
import { MIGRATIONS } from '../../src/ledger/migrations/migrations.ts';
import { ledgerOn } from '../../src/ledger/sqlite.ts';
import {
  ACCOUNTS,
  STREAM,
  T0,
  YES,
  callFor,
  deletionFor,
  deps,
  erasure,
  finish,
  holder,
  plan,
  recordAll,
  tempFolder,
} from './stage.ts';

const MANY = 100_000;

/** 100,000 requests that another holder works on, each with a step and a call. */
const CROWD = `
INSERT INTO holders VALUES ('crowd', 'box', 'boot-1', 7, '7', 9000000);
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${MANY})
INSERT INTO requests SELECT NULL, 'old_' || i, 'export', NULL, 'u' || i, 's' || i, 'b' || i, iif(i % 3, 'ZD-1', NULL), 'p', 'o',
  '2026-01-01', date('2026-02-01', '+' || (i % 365) || ' days'), i, iif(i % 2, i, NULL), '/x', iif(i % 2, 'completed', 'open'), i % 2, 'crowd', 0, '', 0, NULL,
  NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'identity ' || i FROM n;
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${MANY})
INSERT INTO calls SELECT NULL, 'oldcall_' || i, 'stream', 'export_users', '${STREAM}', '{}', 't' || i, 'accepted', NULL, NULL, i, i, 0 FROM n;
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${MANY})
INSERT INTO steps SELECT NULL, 'oldstep_' || i, 'old_' || i, 'stream', 'export_users', '${STREAM}', 's' || i, '{}',
  'accepted', NULL, NULL, 1, 'oldcall_' || i, 't' || i, 1, 1, 1, 0, 0, i, i, i, iif(i % 2, i, NULL), 'crowd',
  0, NULL, 0, NULL, NULL, NULL, NULL FROM n;
INSERT INTO call_steps SELECT call_id, 1, id, subject_id FROM steps;
`;

/** Small sets: what is asked about, who works, and what a limit has cut. */
const FINE = /^SCAN (picked|people|json_each|holders|shared|\(subquery-\d+\))/;

/** Statements whose index is to give what they find in their order: as much as the limit is read. */
const IN_ORDER =
  /FROM steps\s+WHERE (?!call_id)|INDEXED BY requests_walk|FROM requests\s+WHERE state = \? AND action = \? AND unfinished = \? ORDER|unfinished = \?.* ORDER BY due/s;

function isSlow(detail: string, sql: string): boolean {
  if (detail.startsWith('SCAN')) return !FINE.test(detail);
  return detail.includes('TEMP B-TREE') && IN_ORDER.test(sql);
}

function ofSteps(details: readonly string[]): ReadonlySet<string> {
  return new Set(details.filter((detail) => detail.startsWith('SEARCH steps')));
}

describe('with 100,000 requests in the ledger', () => {
  it('no statement looks through a table', { timeout: 120_000 }, async () => {
    const connection = openFile(tempFolder(), MIGRATIONS);
    connection.db.exec(`BEGIN; ${CROWD} COMMIT`);
    const prepare = vi.spyOn(DatabaseSync.prototype, 'prepare');
    onTestFinished(() => prepare.mockRestore());
    const ledger = ledgerOn(connection, deps());

    await ledger.open([plan('a')], recordAll, T0);
    await ledger.take(['req_a', 'old_1'], holder('me'), T0);
    await ledger.heldByOthers(['req_a', 'old_1'], 'me', T0);
    await ledger.record('me', {
      at: T0,
      calls: [callFor('call_1', ['a'])],
      callPatches: [{ id: 'call_1', patch: { taskId: 't' } }],
    });
    await ledger.weigh([erasure('e')], recordAll);
    await ledger.open([erasure('e')], recordAll, T0, YES);
    await ledger.take(['req_e'], holder('me'), T0);
    await ledger.confirm('me', ['req_e'], YES);
    await ledger.record('me', {
      at: T0,
      calls: [deletionFor('call_e', ['e'], { stepIds: ['st_e_feeds'] })],
      steps: [
        { id: 'st_e_feeds', patch: { state: 'reported', after: 'visible', callId: 'call_e' } },
      ],
    });
    await ledger.take(['req_e', 'old_3'], holder('me'), T0);
    expect(await ledger.stepsOf('call_e')).toHaveLength(1);
    expect(await ledger.erasures(STREAM, ['s5', 'user e'])).toEqual([]);
    await ledger.request('req_e');
    const group = { operation: 'export_users', options: {}, batch: null } as const;
    expect(await ledger.isAwaited('crowd', STREAM, group)).toBe(false);
    const query = { at: T0, limit: 10, accounts: ACCOUNTS };
    expect(await ledger.due('crowd', { ...query, group })).toHaveLength(10);
    expect(await ledger.due('crowd', { ...query, group: { ...group, batch: 'b' } })).toEqual([]);
    expect(await ledger.nextDueAt('crowd', { ...query, group, at: 500 })).toBe(502);
    expect(await ledger.due('me', { ...query, operations: ['delete_users'] })).toHaveLength(1);
    expect(await ledger.due('me', query)).toHaveLength(5);
    expect(await ledger.due('crowd', query)).toMatchObject(
      Array.from({ length: 10 }, (_, index) => ({
        step: { id: `oldstep_${index * 2 + 2}` },
        call: {},
      })),
    );
    expect(await ledger.nextDueAt('crowd', { ...query, at: 500 })).toBe(502);
    expect(await ledger.knownTasks(STREAM, ['t5', 'none'])).toEqual(new Set(['t5']));
    await finish(ledger, 'a', T0);
    await ledger.seal('me', 'req_a');
    await ledger.request('req_a');
    await ledger.calls('req_a');
    expect(await ledger.due('me', { ...query, except: new Set(['st_e_users']) })).toHaveLength(2);
    expect(await ledger.identified(['none'])).toEqual(new Map());
    expect(await ledger.brief(['old_8', 'none'])).toMatchObject([{ id: 'old_8', state: 'open' }]);
    expect(await ledger.page({}, 3, 2)).toEqual({ ids: ['old_4', 'old_5'], next: 5 });
    expect(await ledger.page({ unfinished: true }, 3, 2)).toMatchObject({
      ids: ['old_4', 'old_6'],
    });
    const rare = { states: ['open', 'partial'], actions: ['export'], reference: 'ZD-1' } as const;
    expect(await ledger.page({ ...rare, dueBy: '2027-01-01' }, null, 2)).toMatchObject({
      ids: ['old_2', 'old_4'],
    });
    await ledger.page({ ids: ['old_7', 'old_9'] }, 7, 2);
    await ledger.page({ user: 's7', unfinished: true }, null, 2);
    await ledger.list({ limit: 3 });
    await ledger.list({ ids: ['req_a'] });
    await ledger.list({ user: 's77' });
    await ledger.list({ states: ['partial'], limit: 3 });
    await ledger.list({ unfinished: true, limit: 3 });
    await ledger.list({ user: 's77', states: ['open'], reference: 'ZD-1', unfinished: true });
    const urgent = { states: ['open', 'partial'], order: 'urgent', limit: 3 } as const;
    expect((await ledger.list(urgent)).map(({ id }) => id)).toEqual([
      'old_730',
      'old_1460',
      'old_2190',
    ]);
    await ledger.list({ ...urgent, actions: ['restore', 'export'], dueBy: '2026-03-01' });
    await ledger.list({ ...urgent, reference: 'ZD-1', dueBy: '2026-03-01' });
    await ledger.list({ reference: 'ZD-1', limit: 3 });
    await ledger.list({ order: 'urgent', unfinished: true, limit: 3 });
    await ledger.tally(urgent, '2026-03-01');
    await ledger.tally({ reference: 'ZD-1', dueBy: '2026-03-01' }, '2026-03-01');
    expect(await ledger.companions('oldcall_2')).toEqual(['old_2']);
    await ledger.extend('me', 'req_e', { until: '2027-02-21', reason: 'r', operator: 'o', at: T0 });
    await ledger.settle('me', 'req_e', { reason: 'r', operator: 'o', at: T0 });
    await ledger.renew(holder('me'), T0);
    expect(await ledger.releaseEnded(holder('me'))).toBeGreaterThan(0);
    await ledger.release(holder('me'));

    const texts = new Set(prepare.mock.calls.map(([sql]) => sql));
    prepare.mockRestore();
    const scans = [...texts]
      .filter((sql) => /^(SELECT|WITH|INSERT|UPDATE|DELETE)/.test(sql))
      .flatMap((sql) =>
        connection.db
          .prepare(`EXPLAIN QUERY PLAN ${sql}`)
          .all()
          .map((row) => String(row['detail']))
          .filter((detail) => isSlow(detail, sql))
          .map((detail) => `${detail} <- ${sql.replaceAll(/\s+/g, ' ')}`),
      );
    const plans = (mark: RegExp) =>
      [...texts]
        .filter((sql) => mark.test(sql))
        .flatMap((sql) => connection.db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all())
        .map((row) => String(row['detail']))
        .filter((detail) => /^(SEARCH|MULTI)/.test(detail));
    const byBatch = plans(/batch = \?6/);
    const byOptions = plans(/batch IS NULL/);
    const awaited = plans(/batch IS \?/);
    const dueByState = plans(/FROM steps\s+WHERE lease_token = \?1(?!.*options)/s);
    const byPerson = plans(/user_id = .* ORDER BY created_at/s);
    const lists = plans(/^(?!.*requests_walk).*unfinished = \? .*(ORDER|GROUP) BY/s);
    const walks = plans(/INDEXED BY requests_walk/);
    await ledger.close();
    expect(texts.size).toBeGreaterThan(40);
    expect(scans).toEqual([]);
    const due = 'lease_token=? AND account=? AND state=? AND operation=? AND <expr><?';
    const ofBatch =
      'lease_token=? AND account=? AND operation=? AND options=? AND batch=? AND state=? AND blocked=? AND <expr><?';
    const ofGroup = 'lease_token=? AND account=? AND operation=? AND options=? AND batch=?';
    expect(ofSteps(byBatch)).toEqual(
      new Set([`SEARCH steps USING INDEX steps_batch (${ofBatch})`]),
    );
    expect(ofSteps(byOptions)).toContain(`SEARCH steps USING INDEX steps_due (${due})`);
    for (const detail of [...ofSteps(byOptions), ...ofSteps(dueByState)]) {
      expect(detail).toMatch(/INDEX steps_due \(.* AND operation=\? AND <expr>[<>]\?\)/);
    }
    expect(ofSteps(awaited)).toEqual(
      new Set([`SEARCH steps USING INDEX steps_awaited (${ofGroup})`]),
    );
    expect(new Set(walks)).toEqual(
      new Set(['SEARCH requests USING INDEX requests_walk (state=? AND unfinished=? AND rowid>?)']),
    );
    for (const id of ['stream', 'sendbird']) {
      expect(byPerson).toContain(`SEARCH requests USING INDEX requests_${id} (${id}_id=?)`);
    }
    expect(byPerson.filter((detail) => detail.startsWith('MULTI'))).toHaveLength(2);
    const listed = lists.map((detail) => detail.replace(/^SEARCH requests USING INDEX /, ''));
    const own = 'state=? AND action=? AND unfinished=?';
    expect(listed.toSorted()).toEqual([
      `requests_newest (${own})`,
      `requests_reference (reference=? AND ${own} AND due<?)`,
      `requests_reference (reference=? AND ${own} AND due<?)`,
      `requests_reference (reference=? AND ${own})`,
      `requests_urgent (${own} AND due<?)`,
      `requests_urgent (${own})`,
      `requests_urgent (${own})`,
    ]);
  });
});
