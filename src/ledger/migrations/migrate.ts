import { closeSync, fsyncSync, mkdtempSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { GdprError, reasonOf } from '../../errors.ts';
import { damaged, isFailureOfFile } from '../faults.ts';

/**
 * Brings an existing ledger to the version of `migrations` (SQL each, the first makes version 1),
 * in one transaction and after a copy is made. Throws GdprError `ledger` for a newer file, or when
 * a migration fails; the file is as it was then.
 */
export function migrate(db: DatabaseSync, file: string, migrations: readonly string[]): void {
  const found = knownVersion(db, file, migrations.length);
  if (found === migrations.length) return;
  const copy = keepCopy(db, file, found);
  try {
    apply(db, migrations);
  } catch (thrown) {
    if (thrown instanceof GdprError || isFailureOfFile(thrown)) throw thrown;
    throw new GdprError(
      'ledger',
      `The ledger ${file} could not be brought from version ${String(found)} to ${String(migrations.length)}: ${reasonOf(thrown)}.`,
      {
        next: `Nothing was changed, and a copy is at ${copy}. Go on with the older gdpr.`,
        cause: thrown,
      },
    );
  }
}

/** Runs the migrations that the file lacks, all or none; another process may have been faster. */
export function apply(db: DatabaseSync, migrations: readonly string[]): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    const missing = migrations.slice(versionOf(db));
    for (const migration of missing) db.exec(migration);
    if (missing.length > 0) db.exec(`PRAGMA user_version = ${String(migrations.length)}`);
    db.exec('COMMIT');
  } finally {
    if (db.isTransaction) db.exec('ROLLBACK');
  }
}

/**
 * Keeps the ledger as it is beside itself, 0600, before it is migrated; answers with the copy's
 * path. A copy appears whole or not at all. One that already shows a newer version (another
 * process migrated meanwhile) is dropped: that process has kept the right one.
 */
function keepCopy(db: DatabaseSync, file: string, version: number): string {
  const kept = `${file}.v${String(version)}.bak`;
  putWhole(kept, 'ledger-copy-', {
    fill(draft) {
      db.prepare('VACUUM INTO ?').run(draft);
      return versionInside(draft) === version;
    },
    place: (draft) => renameSync(draft, kept),
  });
  return kept;
}

function versionInside(file: string): number {
  const copy = new DatabaseSync(file, { readOnly: true });
  try {
    return versionOf(copy);
  } finally {
    copy.close();
  }
}

/**
 * Makes a ledger file, 0600, in a folder of its own beside `file`, and puts it in its place when it
 * is whole and on disk, unless `fill` says no.
 */
export function putWhole(
  file: string,
  prefix: string,
  { fill, place }: { fill: (draft: string) => boolean; place: (draft: string) => void },
): void {
  const folder = dirname(file);
  const nursery = mkdtempSync(join(folder, prefix));
  try {
    const draft = join(nursery, 'ledger.sqlite');
    closeSync(openSync(draft, 'wx', 0o600));
    if (!fill(draft)) return;
    sync(draft);
    place(draft);
    sync(folder);
  } finally {
    rmSync(nursery, { recursive: true, force: true });
  }
}

/** Has a file, or a folder's list of names, on disk. */
function sync(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** The version of the schema in the file. */
export function versionOf(db: DatabaseSync): number {
  const version = db.prepare('PRAGMA user_version').get()?.['user_version'];
  return typeof version === 'number' ? version : 0;
}

/** The version of a file that this program can use. Throws GdprError `ledger` for any other. */
export function knownVersion(db: DatabaseSync, file: string, newest: number): number {
  const found = versionOf(db);
  if (found > newest) {
    throw new GdprError(
      'ledger',
      `The ledger ${file} is of version ${String(found)}; this gdpr knows up to ${String(newest)}.`,
      { next: 'It was not touched. Use the newer gdpr that wrote it.' },
    );
  }
  if (found < 1) throw damaged(file, 'it has no version');
  return found;
}
