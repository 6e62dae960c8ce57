import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openLedger } from '../../src/ledger/sqlite.ts';
import { T0, deps, finish, holder, plan, recordAll, stage, tempFolder } from './stage.ts';

const mode = (path: string): number => statSync(path).mode & 0o777;
const refusal = async (folder: string): Promise<unknown> =>
  openLedger(folder, deps()).then(
    () => 'opened',
    (thrown: unknown) => thrown,
  );

/** A ledger that was used and closed, in a folder of its own. */
async function settled(): Promise<{ folder: string; file: string }> {
  const { ledger, folder, file } = await stage(['a']);
  await finish(ledger, 'a', T0);
  await ledger.close();
  const elsewhere = tempFolder();
  copyFileSync(file, join(elsewhere, 'ledger.sqlite'));
  expect(readdirSync(folder)).toEqual(['ledger.sqlite']);
  return { folder: elsewhere, file: join(elsewhere, 'ledger.sqlite') };
}

/** Opening is refused, and the file is what it was, byte for byte, with nothing beside it. */
async function refusedUntouched(folder: string, file: string, fault: object): Promise<void> {
  const before = { bytes: readFileSync(file), mode: mode(file), names: readdirSync(folder) };
  expect(await refusal(folder)).toMatchObject({ name: 'GdprError', ...fault });
  expect(readFileSync(file).equals(before.bytes)).toBe(true);
  expect({ mode: mode(file), names: readdirSync(folder) }).toEqual({
    mode: before.mode,
    names: before.names,
  });
}

/** Where the tables of requests and events begin in the file. */
function rootPages(file: string): number[] {
  const db = new DatabaseSync(file);
  const rows = db
    .prepare("SELECT rootpage FROM sqlite_schema WHERE name IN ('requests', 'events')")
    .all();
  db.close();
  return rows.map((row) => Number(row['rootpage']));
}

describe('opening', () => {
  it('makes missing folders 0700 and the file 0600, and leaves what exists', async () => {
    const top = tempFolder();
    chmodSync(top, 0o755);
    const folder = join(top, 'state', 'production');
    const ledger = await openLedger(folder, deps());
    await ledger.open([plan('a')], recordAll, T0);
    expect(mode(top)).toBe(0o755);
    expect([join(top, 'state'), folder].map(mode)).toEqual([0o700, 0o700]);
    const names = readdirSync(folder);
    expect(names).toContain('ledger.sqlite');
    for (const name of names) expect([name, mode(join(folder, name))]).toEqual([name, 0o600]);
    await ledger.close();
    expect(readdirSync(folder)).toEqual(['ledger.sqlite']);
  });

  it('finds what was recorded before, makes the file private again, and writes on', async () => {
    const { folder, file } = await settled();
    chmodSync(file, 0o644);
    const ledger = await openLedger(folder, deps());
    expect(mode(file)).toBe(0o600);
    expect(await ledger.request('req_a')).toMatchObject({ state: 'completed' });
    await ledger.open([plan('b')], recordAll, T0);
    expect(await ledger.list({})).toHaveLength(2);
    await ledger.close();
  });

  it('works where the path holds what a URL would read otherwise', async () => {
    const folder = join(tempFolder(), 'a b?c#d%20é');
    const ledger = await openLedger(folder, deps());
    await ledger.close();
    expect(existsSync(join(folder, 'ledger.sqlite'))).toBe(true);
  });

  it('opens twice in one process', async () => {
    const { ledger, folder } = await stage(['a']);
    const again = await openLedger(folder, deps());
    await again.open([plan('b')], recordAll, T0);
    await again.close();
    expect(await ledger.list({})).toHaveLength(2);
  });

  it('refuses a file that is no database', async () => {
    const folder = tempFolder();
    const file = join(folder, 'ledger.sqlite');
    writeFileSync(file, 'user_id\nada\n'.repeat(500), { mode: 0o644 });
    await refusedUntouched(folder, file, {
      fault: 'ledger',
      message: expect.stringContaining('not a ledger of gdpr'),
    });
  });

  it('refuses an empty and a very short file', async () => {
    const folder = tempFolder();
    const file = join(folder, 'ledger.sqlite');
    writeFileSync(file, '');
    await refusedUntouched(folder, file, {
      fault: 'ledger',
      message: expect.stringContaining('empty'),
    });
    writeFileSync(file, 'SQLite format 3\0');
    await refusedUntouched(folder, file, { fault: 'ledger' });
  });

  it.each([0, 0x12345678])(
    'refuses the database of another program (application_id %d)',
    async (id) => {
      const folder = tempFolder();
      const file = join(folder, 'ledger.sqlite');
      const db = new DatabaseSync(file);
      db.exec(
        `PRAGMA application_id = ${id}; CREATE TABLE requests (id); INSERT INTO requests VALUES (1)`,
      );
      db.close();
      await refusedUntouched(folder, file, {
        fault: 'ledger',
        message: expect.stringContaining('another program'),
      });
    },
  );

  it('refuses the unfinished database of another program, with its log beside it', async () => {
    const folder = tempFolder();
    const file = join(folder, 'ledger.sqlite');
    const away = join(tempFolder(), 'other.db');
    const db = new DatabaseSync(away);
    onTestFinished(() => db.close());
    db.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES (1)');
    copyFileSync(away, file);
    copyFileSync(`${away}-wal`, `${file}-wal`);
    const log = readFileSync(`${file}-wal`);
    await refusedUntouched(folder, file, { fault: 'ledger' });
    expect(readFileSync(`${file}-wal`).equals(log)).toBe(true);
  });

  it('refuses a ledger without its tables', async () => {
    const { folder, file } = await settled();
    const db = new DatabaseSync(file);
    db.exec('DROP TABLE artifacts');
    db.close();
    expect(await refusal(folder)).toMatchObject({
      fault: 'ledger',
      message: expect.stringContaining('artifacts'),
    });
  });

  it('refuses a ledger that was cut short', async () => {
    const { folder, file } = await settled();
    truncateSync(file, 4096);
    await refusedUntouched(folder, file, {
      fault: 'ledger',
      message: expect.stringContaining('damaged'),
    });
    truncateSync(file, 700);
    await refusedUntouched(folder, file, {
      fault: 'ledger',
      message: expect.stringContaining('damaged'),
    });
  });

  it('tells damage inside when it meets it', async () => {
    const { folder, file } = await settled();
    const bytes = readFileSync(file);
    for (const page of rootPages(file)) bytes.fill(0xa5, (page - 1) * 4096, page * 4096);
    writeFileSync(file, bytes);
    const ledger = await openLedger(folder, deps());
    await expect(ledger.request('req_a')).rejects.toMatchObject({
      name: 'GdprError',
      fault: 'ledger',
    });
    await expect(ledger.open([plan('b')], recordAll, T0)).rejects.toMatchObject({
      fault: 'ledger',
    });
    await ledger.close();
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  it('refuses a folder, a symbolic link or a socket in the place of the file', async () => {
    const asFolder = tempFolder();
    mkdirSync(join(asFolder, 'ledger.sqlite'));
    expect(await refusal(asFolder)).toMatchObject({
      fault: 'ledger',
      message: expect.stringContaining('a folder'),
    });

    const { file } = await settled();
    const asLink = tempFolder();
    symlinkSync(file, join(asLink, 'ledger.sqlite'));
    await refusedUntouched(asLink, file, {
      fault: 'ledger',
      message: expect.stringContaining('symbolic link'),
    });
    const dangling = tempFolder();
    symlinkSync(join(dangling, 'nowhere'), join(dangling, 'ledger.sqlite'));
    expect(await refusal(dangling)).toMatchObject({ fault: 'ledger' });
    expect(readdirSync(dangling)).toEqual(['ledger.sqlite']);

    const asSocket = tempFolder();
    const server = createServer().listen(join(asSocket, 'ledger.sqlite'));
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    expect(await refusal(asSocket)).toMatchObject({
      fault: 'ledger',
      message: expect.stringContaining('not a plain file'),
    });
  });

  it('says it when a file stands where the folder should be', async () => {
    const folder = join(tempFolder(), 'state');
    writeFileSync(folder, 'x');
    expect(await refusal(folder)).toMatchObject({
      fault: 'ledger',
      message: expect.stringContaining('not a folder'),
    });
    expect(await refusal(join(folder, 'below'))).toMatchObject({ name: 'GdprError' });
    expect(readFileSync(folder, 'utf8')).toBe('x');
  });

  it('says it when nothing can be written in the folder', async () => {
    expect(await refusal('/proc/gdpr')).toMatchObject({
      fault: 'storage',
      next: expect.stringContaining('gdpr resume'),
    });
    expect(await refusal('/proc')).toMatchObject({ fault: 'storage' });
  });
});

describe('closing', () => {
  it('writes what was asked for before, answers no more, and may be repeated', async () => {
    const { ledger, folder } = await stage(['a']);
    const pending = ledger.open([plan('b')], recordAll, T0);
    await ledger.close();
    expect(await pending).toMatchObject([{ verdict: { kind: 'record' } }]);
    await ledger.close();
    await expect(ledger.list({})).rejects.toThrow('not open');
    await expect(ledger.release(holder('me'))).rejects.toThrow('not open');
    const again = await openLedger(folder, deps());
    expect(await again.list({})).toHaveLength(2);
    await again.close();
  });
});
