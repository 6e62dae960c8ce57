import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { setStage } from './stage.ts';

const FAST = ['--poll-interval', '10ms'];

async function ledgerFile(dir: string): Promise<string> {
  const folder = join(dir, 'state', 'default');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return join(folder, 'ledger.sqlite');
}

describe('a ledger that cannot be used', () => {
  test.each([
    { what: 'a text file', content: 'not a database at all, but somebody needs it\n'.repeat(50) },
    { what: 'a cut database', content: 'SQLite format 3\u0000 and then nothing' },
  ])('$what: exit 4, a clear error, and not a byte is changed', async ({ content }) => {
    const stage = await setStage();
    const file = await ledgerFile(stage.dir);
    await writeFile(file, content);
    const run = await stage.gdpr(['export', 'ada', ...FAST]);
    expect(run.code).toBe(4);
    expect(run.err).toContain('ledger.sqlite');
    expect(run.err).not.toMatch(/\n\s+at /);
    expect(await readFile(file, 'utf8')).toBe(content);
    expect(stage.log).toEqual([]);
  });

  test('of a newer gdpr: refused, and not a byte is changed', async () => {
    const stage = await setStage();
    expect((await stage.gdpr(['export', 'ada', ...FAST])).code).toBe(0);
    const file = await ledgerFile(stage.dir);
    const db = new DatabaseSync(file);
    db.exec('PRAGMA user_version = 99; PRAGMA journal_mode = DELETE');
    db.close();
    const before = await readFile(file);
    const run = await stage.gdpr(['status']);
    expect(run.code).toBe(4);
    expect(run.err).toMatch(/newer/);
    expect((await readFile(file)).equals(before)).toBe(true);
  });

  test('a link in its place is not followed', async () => {
    const stage = await setStage();
    const file = await ledgerFile(stage.dir);
    await symlink(join(stage.dir, 'elsewhere'), file);
    expect((await stage.gdpr(['export', 'ada', ...FAST])).code).toBe(4);
    expect(stage.log).toEqual([]);
  });

  test('a tampered request is neither sent nor checked, and the others go on', async () => {
    const stage = await setStage();
    await stage.gdpr(['export', 'ada', 'linus', '--no-wait', ...FAST]);
    const db = new DatabaseSync(await ledgerFile(stage.dir));
    db.exec("UPDATE requests SET user_id = 'grace', stream_id = 'grace' WHERE user_id = 'ada'");
    db.exec("UPDATE steps SET subject_id = 'grace' WHERE subject_id = 'ada'");
    db.close();
    const before = stage.log.length;
    const run = await stage.gdpr(['resume', ...FAST]);
    expect(run.code).toBe(4);
    expect(run.err).toMatch(/The record of request req_\w+ .* is broken/);
    expect(run.out).toContain('export of linus');
    expect(stage.log.slice(before).flatMap(({ ids }) => ids)).not.toContain('grace');
    expect(stage.log.slice(before).flatMap(({ ids }) => ids)).not.toContain('ada');
    const status = await stage.gdpr(['status']);
    expect([status.code, status.err]).toEqual([4, expect.stringContaining('is broken')]);
  });

  test('tampering is seen: a receipt is not made from it', async () => {
    const stage = await setStage();
    await stage.gdpr(['export', 'nobody-here', ...FAST]);
    const db = new DatabaseSync(await ledgerFile(stage.dir));
    db.exec("UPDATE steps SET state = 'succeeded'");
    db.close();
    const run = await stage.gdpr(['status', 'nobody-here']);
    expect(run.code).toBe(4);
    expect(run.out).toBe('');
  });
});
