import type { DatabaseSync } from 'node:sqlite';
import { GdprError, reasonOf } from '../errors.ts';
import { keepCopy } from './copy.ts';
import { isFailureOfFile } from './faults.ts';
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
