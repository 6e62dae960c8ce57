import {
  copyFileSync,
  existsSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { openFile } from '../../../src/ledger/file/open.ts';
import { versionOf } from '../../../src/ledger/migrations/migrate.ts';
import { MIGRATIONS } from '../../../src/ledger/migrations/migrations.ts';
import { openLedger } from '../../../src/ledger/sqlite.ts';
import { deps, tempFolder } from '../stage.ts';

const ONE = 'CREATE TABLE notes (text TEXT) STRICT';
const TWO = 'ALTER TABLE notes ADD COLUMN at INTEGER; UPDATE notes SET at = 2';
const THREE = 'CREATE INDEX IF NOT EXISTS notes_at ON notes (at)';
const BROKEN = 'CREATE TABLE half (a); INSERT INTO nowhere VALUES (1)';

/** A file of version 1 with one note in it. */
function versionOne(): { folder: string; file: string; copy: string } {
  const folder = tempFolder();
  const on = openFile(folder, [ONE]);
  on.db.exec("INSERT INTO notes VALUES ('kept')");
  on.close();
  return { folder, file: on.file, copy: `${on.file}.v1.bak` };
}

function rows(file: string): unknown {
  const db = new DatabaseSync(file);
  try {
    return { version: versionOf(db), notes: db.prepare('SELECT * FROM notes').all() };
  } finally {
    db.close();
  }
}

describe('migrating', () => {
  it('makes a private copy first, then every missing step', () => {
    const { folder, file, copy } = versionOne();
    openFile(folder, [ONE, TWO, THREE]).close();
    expect(readdirSync(folder).toSorted()).toEqual(['ledger.sqlite', 'ledger.sqlite.v1.bak']);
    expect(rows(file)).toEqual({ version: 3, notes: [{ text: 'kept', at: 2 }] });
    expect(rows(copy)).toEqual({ version: 1, notes: [{ text: 'kept' }] });
    expect(statSync(copy).mode & 0o777).toBe(0o600);
  });

  it('makes no copy of a new file or of one that is up to date', () => {
    const { folder, copy } = versionOne();
    openFile(folder, [ONE]).close();
    expect(existsSync(copy)).toBe(false);
    const fresh = tempFolder();
    openFile(fresh, [ONE, TWO]).close();
    expect(readdirSync(fresh)).toEqual(['ledger.sqlite']);
  });

  it('changes nothing when a step fails, and succeeds the next time', () => {
    const { folder, file, copy } = versionOne();
    const fault = { name: 'GdprError', fault: 'ledger', next: expect.stringContaining(copy) };
    expect(() => openFile(folder, [ONE, TWO, BROKEN])).toThrow(expect.objectContaining(fault));
    expect(rows(file)).toEqual({ version: 1, notes: [{ text: 'kept' }] });
    writeFileSync(copy, 'a copy of an earlier try');
    openFile(folder, [ONE, TWO]).close();
    expect(rows(file)).toMatchObject({ version: 2 });
    expect(rows(copy)).toMatchObject({ version: 1 });
  });

  it('refuses a newer file and leaves it byte for byte', async () => {
    const { folder, file } = versionOne();
    openFile(folder, [ONE, TWO, ...MIGRATIONS.map(() => THREE)]).close();
    const before = readFileSync(file);
    const fault = {
      fault: 'ledger',
      message: expect.stringContaining(`version ${MIGRATIONS.length + 2}`),
      next: expect.stringContaining('newer gdpr'),
    };
    expect(() => openFile(folder, [ONE])).toThrow(expect.objectContaining(fault));
    await expect(openLedger(folder, deps())).rejects.toMatchObject(fault);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('does not migrate twice when another process was faster', () => {
    const { folder, file } = versionOne();
    const slow = openFile(folder, [ONE]);
    openFile(folder, [ONE, TWO]).close();
    expect(slow.db.prepare('SELECT at FROM notes').get()).toEqual({ at: 2 });
    slow.close();
    openFile(folder, [ONE, TWO]).close();
    expect(rows(file)).toMatchObject({ version: 2 });
  });

  it('copies what is still in the log beside the file', () => {
    const { folder, file } = versionOne();
    const writer = openFile(folder, [ONE]);
    writer.db.exec("INSERT INTO notes VALUES ('in the log')");
    const elsewhere = tempFolder();
    const moved = join(elsewhere, 'ledger.sqlite');
    copyFileSync(file, moved);
    copyFileSync(`${file}-wal`, `${moved}-wal`);
    writer.close();
    openFile(elsewhere, [ONE, TWO]).close();
    expect(rows(`${moved}.v1.bak`)).toEqual({
      version: 1,
      notes: [{ text: 'kept' }, { text: 'in the log' }],
    });
  });
});
