import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { GdprError, reasonOf } from '../errors.ts';

/**
 * A database of its own in a nameless temporary file, which is gone when it is closed or the process
 * ends. Only what runs inside `work` or `transaction` has its failures explained: a disk that gives
 * way is thrown as GdprError `storage`.
 */
export interface Scratch {
  /** A statement, prepared once. */
  sql(text: string): StatementSync;
  work<T>(what: () => T): T;
  transaction<T>(what: () => T): T;
  /** May be repeated. */
  close(): void;
}

/** Nothing here outlives the process, so nothing is synced or kept for rolling back. */
const PRAGMAS = `
  PRAGMA journal_mode = OFF;
  PRAGMA synchronous = OFF;
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA cache_size = -2000;
  PRAGMA temp_store = FILE;
`;

/** Opens an empty database with these tables. Throws GdprError `storage`. */
export function openScratch(schema: string): Scratch {
  const db = explained(() => new DatabaseSync(''));
  explained(() => db.exec(PRAGMAS + schema));
  const prepared = new Map<string, StatementSync>();
  return {
    sql(text) {
      const known = prepared.get(text);
      if (known !== undefined) return known;
      const made = db.prepare(text);
      prepared.set(text, made);
      return made;
    },
    work: explained,
    transaction: (what) =>
      explained(() => {
        db.exec('BEGIN');
        const done = what();
        db.exec('COMMIT');
        return done;
      }),
    close() {
      if (db.isOpen) db.close();
    },
  };
}

function explained<T>(work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    if (!(thrown instanceof Error) || !('errcode' in thrown)) throw thrown;
    throw new GdprError('storage', `The temporary table failed: ${reasonOf(thrown)}.`, {
      next: 'What was recorded is safe. Make room for temporary files (TMPDIR names another folder), then run the same command again.',
      cause: thrown,
    });
  }
}
