import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  linkSync,
  mkdirSync,
  statSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { GdprError } from '../../errors.ts';
import { apply, putWhole } from '../migrations/migrate.ts';
import { LEDGER_ID } from './recognise.ts';

/**
 * Puts an empty ledger at `file`, 0600: made whole in a folder of its own and then linked to its
 * name, so that nobody ever finds a half-made one. Where another process was faster, its ledger
 * stays.
 */
export function createLedgerFile(file: string, migrations: readonly string[]): void {
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
export function makeStateFolder(folder: string): void {
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
