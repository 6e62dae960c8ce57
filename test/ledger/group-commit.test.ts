import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openFile } from '../../src/ledger/file/open.ts';
import type { Ledger } from '../../src/ledger/ledger.ts';
import { MIGRATIONS } from '../../src/ledger/migrations/migrations.ts';
import { ledgerOn } from '../../src/ledger/sqlite.ts';
import { T0, deps, holder, plan, recordAll, stage, tempFolder } from './stage.ts';

const names = Array.from({ length: 100 }, (_, index) => `n${index}`);

/** A ledger with its connection at hand, so that a test can take the disk away. */
function onTheBench(): { ledger: Ledger; db: DatabaseSync; file: string } {
  const connection = openFile(tempFolder(), MIGRATIONS);
  const ledger = ledgerOn(connection, deps());
  onTestFinished(() => ledger.close());
  return { ledger, db: connection.db, file: connection.file };
}

function commits(): () => number {
  const exec = vi.spyOn(DatabaseSync.prototype, 'exec');
  onTestFinished(() => exec.mockRestore());
  return () => exec.mock.calls.filter(([sql]) => sql === 'COMMIT').length;
}

describe('a group of writes', () => {
  it('of one turn is one commit, and those of the next another', async () => {
    const { ledger } = await stage(names);
    const count = commits();
    const patch = { state: 'failed', finishedAt: T0 } as const;
    const write = (step: string) =>
      Promise.all(
        names.map((name) =>
          ledger.record('me', { at: T0, steps: [{ id: `st_${name}_${step}`, patch }] }),
        ),
      );
    await write('users');
    expect(count()).toBe(1);
    await Promise.all([
      write('access'),
      ledger.renew(holder('me'), T0),
      ledger.open([plan('x')], recordAll, T0),
    ]);
    expect(count()).toBe(2);
    await ledger.seal('me', 'req_n0').catch(() => null);
    expect(count()).toBe(3);
    expect(await ledger.list({ states: ['failed'] })).toHaveLength(100);
  });

  it('settles in the order of asking, after the commit and not before', async () => {
    const { ledger, raw } = await stage(['a']);
    const other = raw();
    const seen: unknown[] = [];
    await Promise.all(
      ['x', 'y', 'z'].map(async (name) => {
        await ledger.open([plan(name)], recordAll, T0);
        seen.push([name, other.prepare('SELECT count(*) AS n FROM requests').get()]);
      }),
    );
    expect(seen).toEqual(['x', 'y', 'z'].map((name) => [name, { n: 4 }]));
  });

  it('is written by one, though another fails', async () => {
    const { ledger } = await stage(['a']);
    const results = await Promise.allSettled([
      ledger.open([plan('b')], recordAll, T0),
      ledger.open([plan('a')], recordAll, T0),
      ledger.record('nobody', {
        at: T0,
        steps: [{ id: 'st_a_users', patch: { state: 'failed' } }],
      }),
      ledger.open([plan('c')], recordAll, T0),
    ]);
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'fulfilled',
    ]);
    for (const name of ['a', 'b', 'c'])
      expect(await ledger.request(`req_${name}`)).toMatchObject({ state: 'open' });
  });
});

describe('a disk that fails', () => {
  it('when full: every write of the group is refused, what was there stays, and it goes on later', async () => {
    const { ledger, db } = onTheBench();
    await ledger.open([plan('a')], recordAll, T0);
    const pages = db.prepare('PRAGMA page_count').get()?.['page_count'];
    db.exec(`PRAGMA max_page_count = ${String(pages)}`);
    const plans = names.map((name) => plan(name, { reference: 'x'.repeat(2_000) }));
    const results = await Promise.allSettled(plans.map((one) => ledger.open([one], recordAll, T0)));
    for (const result of results) {
      expect(result).toMatchObject({
        status: 'rejected',
        reason: {
          name: 'GdprError',
          fault: 'storage',
          message: expect.stringContaining('full'),
          next: expect.stringContaining('gdpr resume'),
        },
      });
    }
    expect(await ledger.list({})).toMatchObject([{ id: 'req_a' }]);
    db.exec('PRAGMA max_page_count = 1000000');
    await Promise.all(plans.map((one) => ledger.open([one], recordAll, T0)));
    expect(await ledger.list({})).toHaveLength(101);
    expect(await ledger.request('req_n99')).not.toBeNull();
  });

  it('when read-only: says so and takes nothing', async () => {
    const { ledger, db } = onTheBench();
    await ledger.open([plan('a')], recordAll, T0);
    db.exec('PRAGMA query_only = 1');
    await expect(ledger.open([plan('b')], recordAll, T0)).rejects.toMatchObject({
      fault: 'storage',
      message: expect.stringContaining('read-only'),
    });
    await expect(ledger.take(['req_a'], holder('me'), T0)).rejects.toMatchObject({
      fault: 'storage',
    });
    expect(await ledger.request('req_a')).not.toBeNull();
    db.exec('PRAGMA query_only = 0');
    expect(await ledger.take(['req_a'], holder('me'), T0)).toEqual(['req_a']);
  });

  it('when another process keeps it locked: says so, and writes once it is free', async () => {
    const { ledger, db, file } = onTheBench();
    db.exec('PRAGMA busy_timeout = 1');
    const other = new DatabaseSync(join(file));
    other.exec('BEGIN IMMEDIATE');
    await expect(ledger.open([plan('a')], recordAll, T0)).rejects.toMatchObject({
      fault: 'storage',
      message: expect.stringContaining('busy'),
    });
    expect(await ledger.list({})).toEqual([]);
    other.exec('ROLLBACK');
    other.close();
    await ledger.open([plan('a')], recordAll, T0);
    expect(await ledger.list({})).toHaveLength(1);
  });
});
