import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { connection, type Connection } from './connection.ts';
import { openingFault } from './faults.ts';
import { recogniseAsItIs } from './header.ts';
import { MIGRATIONS } from './migrations.ts';
import { BUSY_MS, checkApplication, existing } from './open.ts';
import { isOccupied } from './place.ts';
import { checkTables } from './tables.ts';
import { knownVersion } from './version.ts';

/** A ledger that is looked at and not used. */
export interface Inspected {
  on: Connection;
  version: number;
  /** Whether this program would use it as it is; an older one it would bring up to date first. */
  current: boolean;
  /** Permission bits of the file. */
  mode: number;
}

/**
 * Looks into `<folder>/ledger.sqlite` without making, migrating or changing anything; null: there is
 * none. It is opened as a writer all the same, since only one can clear away what a WAL needs.
 * Throws GdprError `ledger` or `storage`.
 */
export async function inspect<T>(
  folder: string,
  look: (inspected: Inspected) => Promise<T>,
): Promise<T | null> {
  const file = join(folder, 'ledger.sqlite');
  try {
    if (!isOccupied(file)) return null;
    recogniseAsItIs(file);
    const { mode } = lstatSync(file);
    const db = new DatabaseSync(existing(file), { timeout: BUSY_MS });
    const on = connection(db, file);
    try {
      checkApplication(db, file);
      db.exec('PRAGMA query_only = ON');
      const version = knownVersion(db, file, MIGRATIONS.length);
      const current = version === MIGRATIONS.length;
      if (current) checkTables(on);
      return await look({ on, version, current, mode: mode & 0o777 });
    } finally {
      on.close();
    }
  } catch (thrown) {
    throw openingFault(thrown, file);
  }
}
