import {
  chmodSync,
  copyFileSync,
  existsSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { type LedgerIntegrity, examineLedger } from '../../../src/ledger/audit-log/examine.ts';
import { virtualClock } from '../../support/virtual-clock.ts';
import { T0, finish, plan, stage, stageOf, tempFolder } from '../stage.ts';

const never = new AbortController().signal;

async function examined(folder: string, stop = never): Promise<LedgerIntegrity> {
  const found = await examineLedger(folder, virtualClock(), stop);
  if (found === null) throw new Error('there is a ledger');
  return found;
}

function version(number: number): string {
  const folder = tempFolder();
  const dump = new URL(`../../../fixtures/ledgers/version-${number}.sql`, import.meta.url);
  const db = new DatabaseSync(join(folder, 'ledger.sqlite'));
  db.exec(readFileSync(dump, 'utf8'));
  db.close();
  return folder;
}

describe('a ledger that is well', () => {
  test('holds, also while somebody has it open', async () => {
    const { ledger, folder, file } = await stage(['a', 'b']);
    await finish(ledger, 'a', T0 + 1);
    expect(await examined(folder)).toEqual({
      file,
      version: 5,
      current: true,
      mode: 0o600,
      damage: [],
      orphans: 0,
      requests: 2,
      broken: { count: 0, told: [] },
      whole: true,
    });
    expect(await ledger.request('req_a')).toMatchObject({ state: 'completed' });
  });

  test('is verified to its end, page by page, and others go on between pages', async () => {
    const plans = Array.from({ length: 450 }, (_, index) => plan(String(index)));
    const { folder, raw } = await stageOf(plans);
    const db = raw();
    db.exec("UPDATE requests SET user_id = 'x' WHERE id IN ('req_0', 'req_210', 'req_449')");
    let turns = 0;
    const clock = {
      turn: async () => {
        turns += 1;
      },
    };
    const found = await examineLedger(folder, clock, never);
    expect(found).toMatchObject({ requests: 450, broken: { count: 3 }, whole: true });
    expect(turns).toBeGreaterThan(3);
  });

  test('of which there is none: null, and nothing is made', async () => {
    const folder = join(tempFolder(), 'not', 'there');
    expect(await examineLedger(folder, virtualClock(), never)).toBeNull();
    expect(existsSync(folder)).toBe(false);
  });

  test('keeps its mode, and nothing is left beside it', async () => {
    const { folder, file, ledger } = await stage(['a']);
    await ledger.close();
    chmodSync(file, 0o644);
    const before = readFileSync(file);
    expect(await examined(folder)).toMatchObject({ mode: 0o644 });
    expect(statSync(file).mode & 0o777).toBe(0o644);
    expect(readdirSync(folder)).toEqual(['ledger.sqlite']);
    expect(readFileSync(file)).toEqual(before);
  });

  test('is verified with what a killed process left in the WAL', async () => {
    const { folder, ledger } = await stage(['a']);
    await finish(ledger, 'a', T0 + 1);
    const other = tempFolder();
    for (const name of ['ledger.sqlite', 'ledger.sqlite-wal']) {
      copyFileSync(join(folder, name), join(other, name));
    }
    expect(await examined(other)).toMatchObject({ requests: 1, broken: { count: 0 } });
    expect(readdirSync(other)).toEqual(['ledger.sqlite']);
  });

  test('reading ends when it is to stop', async () => {
    const { folder } = await stage(['a']);
    expect(await examined(folder, AbortSignal.abort())).toMatchObject({
      requests: 0,
      whole: false,
    });
  });
});

describe('an older version', () => {
  test.each([1, 2])('%i is verified as it is, and not migrated', async (number) => {
    const folder = version(number);
    const found = await examined(folder);
    expect(found).toMatchObject({ version: number, current: false, broken: { count: 0 } });
    expect(found.requests).toBeGreaterThan(3);
    expect(readdirSync(folder)).toEqual(['ledger.sqlite']);
    expect((await examined(folder)).version).toBe(number);
  });

  test.each([
    `UPDATE events SET at = at + 1 WHERE request_id = 'req_done' AND sequence = 2`,
    `UPDATE requests SET sequence = sequence + 1 WHERE id = 'req_done'`,
    `UPDATE events SET kind = 'party' WHERE request_id = 'req_done' AND sequence = 2`,
  ])('a broken chain of it is found: %s', async (sql) => {
    const folder = version(1);
    const db = new DatabaseSync(join(folder, 'ledger.sqlite'));
    db.exec(`DROP TRIGGER events_stay; ${sql}`);
    db.close();
    const { broken } = await examined(folder);
    expect(broken).toMatchObject({ count: 1, told: [expect.stringContaining('req_done')] });
  });
});

describe('a ledger that is not well', () => {
  test.each([
    `UPDATE requests SET state = 'completed' WHERE id = 'req_a'`,
    `UPDATE steps SET state = 'done' WHERE id = 'st_a_users'`,
    `UPDATE steps SET options = '{' WHERE id = 'st_a_users'`,
    `UPDATE requests SET head = '' WHERE id = 'req_a'`,
  ])('a record that was changed is counted, and the others hold: %s', async (sql) => {
    const { folder, raw } = await stage(['a', 'b']);
    raw().exec(sql);
    const { broken, requests } = await examined(folder);
    expect({ count: broken.count, requests }).toEqual({ count: 1, requests: 2 });
    expect(broken.told[0]).toMatch(/req_a|st_a_users/);
  });

  test('the first few are told, the others counted', async () => {
    const names = Array.from({ length: 9 }, (_, index) => String(index));
    const { folder, raw } = await stage(names);
    raw().exec("UPDATE requests SET user_id = 'x'");
    const { broken } = await examined(folder);
    expect([broken.count, broken.told.length]).toEqual([9, 5]);
  });

  test('rows that name what is not there are counted', async () => {
    const { folder, raw } = await stage(['a', 'b']);
    raw().exec(
      "PRAGMA foreign_keys = OFF; DROP TRIGGER events_go_with_their_request; DELETE FROM requests WHERE id = 'req_a'",
    );
    const { orphans, requests } = await examined(folder);
    expect(requests).toBe(1);
    expect(orphans).toBeGreaterThan(2);
  });

  test('a page of the file that is broken is found', async () => {
    const { folder, file, ledger } = await stage(['a', 'b']);
    await ledger.close();
    const bytes = readFileSync(file);
    bytes.fill(0xaa, 4096 * 3, 4096 * 12);
    writeFileSync(file, bytes);
    const { damage } = await examined(folder);
    expect(damage.length).toBeGreaterThan(0);
  });

  test.each(['a letter', '', `SQLite format 3\0${'\0'.repeat(200)}`])(
    'what is no ledger is refused and not touched: %j',
    async (content) => {
      const folder = tempFolder();
      const file = join(folder, 'ledger.sqlite');
      writeFileSync(file, content);
      await expect(examined(folder)).rejects.toMatchObject({ fault: 'ledger' });
      expect(readFileSync(file, 'latin1')).toBe(content);
    },
  );

  test('a database of another program is left as its owner left it, WAL included', async () => {
    const [folder, theirs] = [tempFolder(), join(tempFolder(), 'theirs.sqlite')];
    const db = new DatabaseSync(theirs);
    db.exec('PRAGMA journal_mode = WAL; CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)');
    for (const end of ['', '-wal']) {
      copyFileSync(`${theirs}${end}`, join(folder, `ledger.sqlite${end}`));
    }
    db.close();
    const files = () => readdirSync(folder).map((name) => readFileSync(join(folder, name)));
    const before = files();
    await expect(examined(folder)).rejects.toMatchObject({ fault: 'ledger' });
    expect(files()).toEqual(before);
  });

  test('one of a newer gdpr is refused', async () => {
    const { folder, raw } = await stage(['a']);
    raw().exec('PRAGMA user_version = 99');
    await expect(examined(folder)).rejects.toThrow(/version 99/);
  });
});
