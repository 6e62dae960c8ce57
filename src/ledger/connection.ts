import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { faultOf } from './faults.ts';
import { noteOpen } from './open-here.ts';

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
