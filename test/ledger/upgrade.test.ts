import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { openLedger } from '../../src/ledger/sqlite.ts';
import { ACCOUNTS, deps, erasure, FILE, holder, recordAll, T0, tempFolder, YES } from './stage.ts';

const DUMP = new URL('../../fixtures/ledgers/version-1.sql', import.meta.url);
const ALL = ['req_done', 'req_running', 'req_failed', 'req_planned'];

/** The ledger that version 1 left, brought to the newest version by opening it. */
async function upgraded(): Promise<{ ledger: Ledger; file: string }> {
  const folder = tempFolder();
  const file = join(folder, 'ledger.sqlite');
  const db = new DatabaseSync(file);
  db.exec(readFileSync(DUMP, 'utf8'));
  db.close();
  const ledger = await openLedger(folder, deps(false));
  onTestFinished(() => ledger.close());
  return { ledger, file };
}

describe('a ledger of version 1', () => {
  it('is migrated, with every chain whole and every request what it was', async () => {
    const { ledger, file } = await upgraded();
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
    const { ledger } = await upgraded();
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
