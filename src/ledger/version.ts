import type { DatabaseSync } from 'node:sqlite';

/** The version of the schema in the file. */
export function versionOf(db: DatabaseSync): number {
  const version = db.prepare('PRAGMA user_version').get()?.['user_version'];
  return typeof version === 'number' ? version : 0;
}
