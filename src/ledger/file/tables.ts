import { damaged } from '../faults.ts';
import { TABLES } from '../migrations/schema.ts';
import { text } from '../rows/columns.ts';
import type { Connection } from './connection.ts';

/** Throws GdprError `ledger`, and closes the file, when a table is missing. */
export function checkTables(on: Connection): void {
  const rows = on.sql("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  const names = new Set(rows.map((row) => text(row, 'name')));
  const missing = TABLES.find((table) => !names.has(table));
  if (missing === undefined) return;
  on.close();
  throw damaged(on.file, `it has no table ${missing}`);
}
