import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { REQUEST_STATES, type Request } from '../../requests/request.ts';
import { isSettled, tallied } from '../../requests/state.ts';
import { openingFault } from '../faults.ts';
import { knownVersion } from '../migrations/migrate.ts';
import { MIGRATIONS } from '../migrations/migrations.ts';
import { listRequests, tally } from '../queries/list.ts';
import { type Connection, connection, snapshot } from './connection.ts';
import { BUSY_MS, checkApplication, checkTables, existing } from './open.ts';
import { isOccupied, recognise } from './recognise.ts';

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
    recognise(file, { keepsMode: true });
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

const UNSETTLED = REQUEST_STATES.filter((state) => !isSettled(state));

/** What presses in a ledger. */
export interface Pressing {
  /** Unsettled requests that were due before today, and those due from today to the given day. */
  overdue: number;
  soon: number;
  /** The one of them that is due first. */
  first: Request | null;
}

/**
 * Counts what is overdue and what is due until `soon`; days are `YYYY-MM-DD`. Changes nothing, as
 * `inspect`. Null: there is no ledger; `older`: one that its next use brings up to date first.
 * Throws GdprError `ledger` or `storage`.
 */
export async function pressing(
  folder: string,
  today: string,
  soon: string,
): Promise<Pressing | 'older' | null> {
  return inspect(folder, async ({ on, current }) => {
    if (!current) return 'older';
    return snapshot(on, () => {
      const filter = { states: UNSETTLED, dueBy: soon };
      const { states, overdue } = tally(on, filter, today);
      const [first = null] = listRequests(on, { ...filter, order: 'urgent', limit: 1 });
      return { overdue, soon: tallied(states) - overdue, first };
    });
  });
}
