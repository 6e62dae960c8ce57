import type { DatabaseSync } from 'node:sqlite';
import { GdprError } from '../../errors.ts';
import { damaged } from '../faults.ts';

/** The version of the schema in the file. */
export function versionOf(db: DatabaseSync): number {
  const version = db.prepare('PRAGMA user_version').get()?.['user_version'];
  return typeof version === 'number' ? version : 0;
}

/** The version of a file that this program can use. Throws GdprError `ledger` for any other. */
export function knownVersion(db: DatabaseSync, file: string, newest: number): number {
  const found = versionOf(db);
  if (found > newest) throw newer(file, found, newest);
  if (found < 1) throw damaged(file, 'it has no version');
  return found;
}

function newer(file: string, found: number, known: number): GdprError {
  return new GdprError(
    'ledger',
    `The ledger ${file} is of version ${String(found)}; this gdpr knows up to ${String(known)}.`,
    { next: 'It was not touched. Use the newer gdpr that wrote it.' },
  );
}
