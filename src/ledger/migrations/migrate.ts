import { closeSync, fsyncSync, mkdtempSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { GdprError, reasonOf } from '../../errors.ts';
import { isFailureOfFile } from '../faults.ts';
import { knownVersion, versionOf } from './version.ts';

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
  const nursery = mkdtempSync(join(dirname(file), 'ledger-copy-'));
  try {
    const draft = join(nursery, 'ledger.sqlite');
    closeSync(openSync(draft, 'wx', 0o600));
    db.prepare('VACUUM INTO ?').run(draft);
    if (versionInside(draft) === version) {
      sync(draft);
      renameSync(draft, kept);
      sync(dirname(file));
    }
    return kept;
  } finally {
    rmSync(nursery, { recursive: true, force: true });
  }
}

function versionInside(file: string): number {
  const copy = new DatabaseSync(file, { readOnly: true });
  try {
    return versionOf(copy);
  } finally {
    copy.close();
  }
}

/** Has a file, or a folder's list of names, on disk. */
export function sync(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
