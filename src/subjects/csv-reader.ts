import { unguarded } from '../files/csv/guard.ts';
import type { TakeRow } from '../files/csv/rows.ts';
import { sentColumns } from './doubles.ts';
import type { FaultList } from './fault-list.ts';
import type { Fingerprints } from './fingerprints.ts';
import { type Header, readHeader } from './header.ts';
import { type RowRules, rowCheck } from './row-check.ts';
import { type RowStore, isStorable } from './row-store.ts';

/** Where checked rows go. */
export interface RowReaderParts {
  rows: RowStore;
  prints: Fingerprints;
  faults: FaultList;
}

/** What has come of a file so far. */
export interface RowReader {
  readonly take: TakeRow;
  /** Null: nothing has come at all. */
  readonly header: Header | null;
  /** How many rows, the header aside. */
  readonly rows: number;
  /** In how many rows the cell of each column whose ids are sent is empty. */
  readonly empty: ReadonlyMap<string, number>;
}

/**
 * Takes a CSV row by row, the header first; `name` is that of the file. Faults of rows are gathered;
 * `take` throws GdprError `usage` for those of the header, without which no row can be read.
 */
export function createRowReader(name: string, rules: RowRules, parts: RowReaderParts): RowReader {
  const empty = new Map<string, number>();
  let header: Header | null = null;
  let rows = 0;
  let takeRow: TakeRow = (names, line) => {
    header = headerOf(names, line, rules, parts.faults);
    if (header === null) throw parts.faults.error(name);
    takeRow = rowTaker(header, rules, parts, empty);
    rows = -1;
  };
  return {
    take(cells, line) {
      takeRow(cells, line);
      rows += 1;
    },
    get header() {
      return header;
    },
    get rows() {
      return rows;
    },
    empty,
  };
}

function headerOf(
  names: readonly string[],
  line: number,
  { providers }: RowRules,
  faults: FaultList,
): Header | null {
  const read = readHeader(names, providers);
  if (!('faults' in read)) return read;
  for (const fault of read.faults) faults.add(line, fault);
  return null;
}

function rowTaker(
  { width, columns, cells: places }: Header,
  rules: RowRules,
  { rows, prints, faults }: RowReaderParts,
  empty: Map<string, number>,
): TakeRow {
  const check = rowCheck(columns, rules);
  const sent = sentColumns(columns, rules.providers).map((column) => columns.indexOf(column));
  const kept = columns.map(() => '');
  const isKept = (line: number): boolean => {
    const found = check(kept);
    for (const fault of found ?? []) faults.add(line, fault);
    return found === null || kept.every(isStorable);
  };
  const keep = (line: number): void => {
    rows.add(line, kept);
    for (const at of sent) {
      const id = kept[at] ?? '';
      if (id !== '') prints.add(id, line);
      else empty.set(columns[at] ?? '', (empty.get(columns[at] ?? '') ?? 0) + 1);
    }
  };
  return (cells, line) => {
    if (cells.length !== width) {
      faults.add(line, `the row has ${count(cells.length)}, and the header ${count(width)}`);
      return;
    }
    for (let at = 0; at < kept.length; at += 1) kept[at] = unguarded(cells[places[at] ?? 0] ?? '');
    // One that is not right is kept for comparing it with others all the same, where it can be.
    if (isKept(line)) keep(line);
  };
}

function count(cells: number): string {
  return cells === 1 ? '1 cell' : `${cells} cells`;
}
