import { quoteId } from '../requests/ids.ts';
import type { ProviderName } from '../requests/request.ts';
import type { FaultList } from './fault-list.ts';
import { type Column, idColumn } from './header.ts';
import type { RowStore } from './row-store.ts';
import type { Scratch } from './scratch.ts';

export const DOUBLE_TABLES = `
  CREATE TABLE doubles (column TEXT NOT NULL, id TEXT NOT NULL, line INTEGER NOT NULL, cells TEXT NOT NULL);
`;

/** The columns whose ids are sent to a provider: none may be in two rows that differ. */
export function sentColumns(
  columns: readonly Column[],
  providers: readonly ProviderName[],
): readonly Column[] {
  const sent = providers.flatMap((provider) => idColumn(columns, provider) ?? []);
  return [...new Set(sent)];
}

/**
 * Looks at all rows whose lines stand in the table `suspects`: fills the table `twice` with those that
 * are there before, word for word, and adds a fault for each that shares a provider's id with a row
 * it differs from.
 */
export function findDoubles(
  scratch: Scratch,
  rows: RowStore,
  columns: readonly Column[],
  sent: readonly Column[],
  faults: FaultList,
): void {
  gather(scratch, rows, columns, sent);
  const select = scratch.sql('SELECT * FROM doubles ORDER BY column, id, line');
  const insert = scratch.sql('INSERT OR IGNORE INTO twice (line) VALUES (?)');
  let first: Double | null = null;
  for (const row of select.iterate()) {
    const double = doubleOf(row);
    if (first === null || first.column !== double.column || first.id !== double.id) first = double;
    else if (first.cells === double.cells) insert.run(double.line);
    else faults.add(double.line, conflict(first, double, columns));
  }
}

interface Double {
  column: string;
  id: string;
  line: number;
  cells: string;
}

function gather(
  scratch: Scratch,
  rows: RowStore,
  columns: readonly Column[],
  sent: readonly Column[],
): void {
  const isSuspect = scratch.sql('SELECT 1 FROM suspects WHERE line = ?');
  const insert = scratch.sql('INSERT INTO doubles (column, id, line, cells) VALUES (?, ?, ?, ?)');
  const width = columns.length;
  for (const block of rows.blocks('suspects')) {
    block.lines.forEach((line, row) => {
      if (isSuspect.get(line) === undefined) return;
      const cells = block.cells.slice(row * width, (row + 1) * width);
      for (const column of sent) {
        const id = cells[columns.indexOf(column)] ?? '';
        if (id !== '') insert.run(column, id, line, JSON.stringify(cells));
      }
    });
  }
}

function conflict(first: Double, double: Double, columns: readonly Column[]): string {
  const before: readonly string[] = JSON.parse(first.cells);
  const here: readonly string[] = JSON.parse(double.cells);
  const others = columns.filter((_, at) => before[at] !== here[at]).join(' and ');
  return `the ${double.column} ${quoteId(double.id)} is in line ${first.line} already, with another ${others}`;
}

function doubleOf(row: Record<string, unknown>): Double {
  return {
    column: String(row['column']),
    id: String(row['id']),
    line: Number(row['line']),
    cells: String(row['cells']),
  };
}
