import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  linkSync,
  mkdirSync,
  statSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { GdprError } from '../../errors.ts';
import { damaged, foreign, openingFault, storage } from '../faults.ts';
import { apply, knownVersion, migrate, putWhole } from '../migrations/migrate.ts';
import { TABLES } from '../migrations/schema.ts';
import { text } from '../rows/columns.ts';
import { type Connection, connection } from './connection.ts';
import { LEDGER_ID, isOccupied, recognise } from './recognise.ts';

/**
 * Puts an empty ledger at `file`, 0600: made whole in a folder of its own and then linked to its
 * name, so that nobody ever finds a half-made one. Where another process was faster, its ledger
 * stays.
 */
function createLedgerFile(file: string, migrations: readonly string[]): void {
  putWhole(file, 'ledger-new-', {
    fill(draft) {
      const db = new DatabaseSync(draft);
      try {
        db.exec(`PRAGMA application_id = ${String(LEDGER_ID)}`);
        apply(db, migrations);
        db.exec('PRAGMA journal_mode = WAL');
      } finally {
        db.close();
      }
      return true;
    },
    place: (draft) => allowing('EEXIST', () => linkSync(draft, file)),
  });
}

/**
 * Makes the folder of a ledger 0700, and its missing parents; parents that exist keep their mode.
 * Somebody else's folder cannot be made private, and is used as it is: the file in it is 0600.
 */
function makeStateFolder(folder: string): void {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found === undefined) makeWithParents(resolve(folder));
  else if (!found.isDirectory()) {
    throw new GdprError('ledger', `${folder} is not a folder.`, {
      next: 'It was not touched. Move it away, or name another folder with --state-dir.',
    });
  } else if ((found.mode & 0o077) !== 0) allowing('EPERM', () => chmodSync(folder, 0o700));
  accessSync(folder, constants.W_OK | constants.X_OK);
}

/** Not `recursive: true`: Node never returns from it where a folder refuses new ones with ENOENT, as /proc does. */
function makeWithParents(folder: string): void {
  const parent = dirname(folder);
  if (parent !== folder && !existsSync(parent)) makeWithParents(parent);
  allowing('EEXIST', () => mkdirSync(folder, { mode: 0o700 }));
}

/** That it fails with this code of the system is as well. */
function allowing(code: string, work: () => void): void {
  try {
    work();
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === code)) throw thrown;
  }
}

export const BUSY_MS = 5_000;

/**
 * Savepoints are kept in memory and not in temporary files, a transaction of hundreds of requests
 * fits the cache (KiB), and the log is merged into the file every 16 MiB (pages of 4 KiB) instead of
 * every 4, so that a page that changes again and again is written there less often.
 */
const MANNERS = `
  PRAGMA temp_store = MEMORY;
  PRAGMA cache_size = -16384;
  PRAGMA wal_autocheckpoint = 4096;
`;

/**
 * Opens `<folder>/ledger.sqlite` at the version of `migrations`, and makes it where there is none.
 * Throws GdprError `ledger` (foreign, damaged, newer) or `storage`; what stood there is untouched.
 */
export function openFile(folder: string, migrations: readonly string[]): Connection {
  const file = join(folder, 'ledger.sqlite');
  try {
    makeStateFolder(folder);
    if (!isOccupied(file)) createLedgerFile(file, migrations);
    recognise(file);
    return connect(file, migrations);
  } catch (thrown) {
    throw openingFault(thrown, file);
  }
}

function connect(file: string, migrations: readonly string[]): Connection {
  const db = new DatabaseSync(existing(file), {
    timeout: BUSY_MS,
    enableForeignKeyConstraints: true,
  });
  const on = connection(db, file);
  try {
    checkApplication(db, file);
    // Before the mode is set, which writes: a file that is refused is not touched.
    knownVersion(db, file, migrations.length);
    const mode = db.prepare('PRAGMA journal_mode = WAL').get()?.['journal_mode'];
    if (mode !== 'wal') throw storage(file, 'lies on a disk that cannot hold it (no WAL)', null);
    db.exec(`PRAGMA synchronous = FULL; ${MANNERS}`);
    migrate(db, file, migrations);
    return on;
  } catch (thrown) {
    on.close();
    throw thrown;
  }
}

/** Throws GdprError `ledger` when SQLite finds the mark of another program, or none. */
export function checkApplication(db: DatabaseSync, file: string): void {
  if (db.prepare('PRAGMA application_id').get()?.['application_id'] === LEDGER_ID) return;
  throw foreign(file, 'it is the database of another program');
}

/** `mode=rw`: SQLite is not to make a file that vanished since it was looked at. */
export function existing(file: string): URL {
  const url = pathToFileURL(file);
  url.searchParams.set('mode', 'rw');
  return url;
}

/** Throws GdprError `ledger`, and closes the file, when a table is missing. */
export function checkTables(on: Connection): void {
  const rows = on.sql("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  const names = new Set(rows.map((row) => text(row, 'name')));
  const missing = TABLES.find((table) => !names.has(table));
  if (missing === undefined) return;
  on.close();
  throw damaged(on.file, `it has no table ${missing}`);
}
