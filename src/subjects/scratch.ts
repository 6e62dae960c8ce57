import { DatabaseSync, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import { GdprError, reasonOf } from '../errors.ts';

/**
 * A database of its own in a nameless temporary file (0600), which is gone when it is closed or the
 * process ends. Only what runs inside `work` has its failures explained: a disk that gives way is
 * thrown as GdprError `storage`.
 */
export interface Scratch {
  /** A statement, prepared once. */
  sql(text: string): StatementSync;
  work<T>(what: () => T): T;
  /** What a query of rows above `?`, by a rising `key`, finds: at most `limit` (its second `?`) a page. */
  pages(text: string, key: string, limit: number): Iterable<readonly ScratchRow[]>;
  /** May be repeated. */
  close(): void;
}

/** A row as SQLite hands it out. */
export type ScratchRow = Readonly<Record<string, SQLOutputValue>>;

/** Nothing here outlives the process, so nothing is synced, kept for rolling back or committed. */
const PRAGMAS = `
  PRAGMA journal_mode = OFF;
  PRAGMA synchronous = OFF;
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA cache_size = -2000;
  PRAGMA temp_store = FILE;
`;

/**
 * Opens an empty database with these tables. From now on temporary files are made in `folder`, if it
 * is there and can be written; null: where the system has them. Throws GdprError `storage`.
 */
export function openScratch(schema: string, folder: string | null = null): Scratch {
  const db = explained(() => new DatabaseSync(''));
  if (folder !== null) placeFiles(db, folder);
  explained(() => db.exec(`${PRAGMAS} ${schema} BEGIN;`));
  const prepared = new Map<string, StatementSync>();
  const sql = (text: string): StatementSync => {
    const known = prepared.get(text) ?? db.prepare(text);
    prepared.set(text, known);
    return known;
  };
  return {
    sql,
    work: explained,
    *pages(text, key, limit) {
      for (let after = -1; ;) {
        const from = after;
        const rows = explained(() => sql(text).all(from, limit));
        if (rows.length === 0) return;
        after = Number(rows.at(-1)?.[key]);
        yield rows;
      }
    },
    close() {
      if (db.isOpen) db.close();
    },
  };
}

/** Before the first run there is no state folder, and one that cannot be written is the ledger's to tell. */
function placeFiles(db: DatabaseSync, folder: string): void {
  try {
    db.exec(`PRAGMA temp_store_directory = '${folder.replaceAll("'", "''")}'`);
  } catch (thrown) {
    if (!(thrown instanceof Error) || thrown.message !== 'not a writable directory') throw thrown;
  }
}

function explained<T>(work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    if (!(thrown instanceof Error) || !('errcode' in thrown)) throw thrown;
    throw new GdprError('storage', `The temporary table failed: ${reasonOf(thrown)}.`, {
      next: 'What was recorded is safe. Make room in the state folder (before there is one, where TMPDIR names a folder), then run the same command again.',
      cause: thrown,
    });
  }
}

/** Ids of requests, each once, in the order in which they came, in memory that does not grow. */
export interface IdList {
  readonly size: number;
  add(ids: readonly string[]): void;
  /** At most `limit` a page; what is added meanwhile comes last. */
  ids(limit: number): Iterable<readonly string[]>;
  /** Must be called at the end. */
  close(): void;
}

/** An empty list. Its methods throw GdprError `storage` when there is no room for temporary files. */
export function idList(): IdList {
  const scratch = openScratch('CREATE TABLE ids (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);');
  let size = 0;
  return {
    get size() {
      return size;
    },
    add(ids) {
      const insert = scratch.sql('INSERT OR IGNORE INTO ids (id) VALUES (?)');
      scratch.work(() => {
        for (const id of ids) size += Number(insert.run(id).changes);
      });
    },
    *ids(limit) {
      const select = 'SELECT n, id FROM ids WHERE n > ? ORDER BY n LIMIT ?';
      for (const rows of scratch.pages(select, 'n', limit)) yield rows.map(({ id }) => String(id));
    },
    close: () => scratch.close(),
  };
}
