import { statSync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { faultOf } from '../faults.ts';

/** An open ledger file with its prepared statements, each made once. */
export interface Connection {
  readonly file: string;
  readonly db: DatabaseSync;
  sql(text: string): StatementSync;
  /** May be repeated. */
  close(): void;
}

/** A connection of a file that was recognised and that `db` has just opened. */
export function connection(db: DatabaseSync, file: string): Connection {
  const noteClosed = noteOpen(file);
  const prepared = new Map<string, StatementSync>();
  return {
    file,
    db,
    sql(text) {
      const known = prepared.get(text);
      if (known !== undefined) return known;
      const made = db.prepare(text);
      prepared.set(text, made);
      return made;
    },
    close() {
      if (!db.isOpen) return;
      db.close();
      noteClosed();
    },
  };
}

/**
 * Runs reads that must fit together against one state of the ledger, whatever other processes
 * commit meanwhile. Throws GdprError `ledger` or `storage`.
 */
export function snapshot<T>(on: Connection, read: () => T): T {
  try {
    on.sql('BEGIN').run();
    try {
      return read();
    } finally {
      if (on.db.isTransaction) on.sql('ROLLBACK').run();
    }
  } catch (thrown) {
    throw faultOf(thrown, on.file);
  }
}

/**
 * The ledgers that this process has open, by device and inode. Closing any descriptor of such a
 * file would drop the locks that SQLite has on it (https://www.sqlite.org/howtocorrupt.html,
 * section 2.2), so it must not be opened by other means.
 */
const open = new Map<string, number>();

export function isOpenHere(file: string): boolean {
  return open.has(identityOf(file));
}

/** Notes that SQLite has the file open; what it answers ends that. */
function noteOpen(file: string): () => void {
  const identity = identityOf(file);
  open.set(identity, (open.get(identity) ?? 0) + 1);
  return () => {
    const others = (open.get(identity) ?? 1) - 1;
    if (others > 0) open.set(identity, others);
    else open.delete(identity);
  };
}

function identityOf(file: string): string {
  const { dev, ino } = statSync(file);
  return `${String(dev)}:${String(ino)}`;
}
