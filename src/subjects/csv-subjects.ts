import { GdprError } from '../errors.ts';
import { unguarded } from '../files/csv/results.ts';
import { type TakeRow, readCsv } from '../files/csv/rows.ts';
import type { CsvSource } from '../files/csv/source.ts';
import { type FaultList, REPEATED, faultList, findDoubles } from './faults.ts';
import { COLUMNS, type Column, type Header, idColumn, readHeader } from './header.ts';
import { type Repeated, noticesOf } from './notices.ts';
import { type RowRules, rowCheck } from './row-check.ts';
import { type Scratch, openScratch } from './scratch.ts';
import { SUBJECTS, type SubjectTable, rowWriter, tableOf } from './subjects.ts';

/** What a CSV is checked against; `signal` ends the reading of it, `folder` is for the temporary file. */
export interface CsvRules extends RowRules {
  signal: AbortSignal;
  folder: string | null;
}

/**
 * Reads a CSV (docs/spec.md 6) and checks every row of it. Throws GdprError `usage` with all faults
 * (the first 50 by line, then their number), `storage` when there is no room for temporary files, and
 * the signal's reason.
 */
export async function csvSubjects(source: CsvSource, rules: CsvRules): Promise<SubjectTable> {
  const scratch = openScratch(SUBJECTS + REPEATED, rules.folder);
  try {
    const header = await readRows(source, rules, scratch);
    const { rows, ...filled } = scratch.work(() => scratch.sql(COUNTS).get()) ?? {};
    if (rows === 0) throw useless(`${source.name} has a header and no row: nobody is named.`);
    const repeated = scratch.work(() => dropRepeated(scratch));
    const empty = (column: Column): number => Number(rows) - Number(filled[column]);
    return {
      ...tableOf(scratch, header.columns),
      size: Number(rows) - repeated.size,
      notices: noticesOf(header, rules.providers, empty, repeated),
    };
  } catch (thrown) {
    scratch.close();
    throw thrown;
  }
}

/** Fills the table with the rows of a file that nothing is wrong with. */
async function readRows(source: CsvSource, rules: CsvRules, scratch: Scratch): Promise<Header> {
  const { name } = source;
  const { providers, signal } = rules;
  const faults = faultList();
  const read: { header: Header | null } = { header: null };
  let take: TakeRow = (names, line) => {
    const header = readHeader(names, providers);
    if ('faults' in header) {
      for (const fault of header.faults) faults.add(line, fault);
      throw faults.error(name);
    }
    read.header = header;
    take = rowTaker(header, rules, scratch, faults);
  };
  const stop = await readCsv(source, COLUMNS, (cells, line) => take(cells, line), signal);
  if (stop !== null) {
    if (stop.line === null) throw useless(`${name} ${stop.what}.`);
    faults.add(stop.line, stop.what);
  }
  const { header } = read;
  if (header === null) throw faults.size > 0 ? faults.error(name) : useless(`${name} is empty.`);
  const sent = providers.flatMap((provider) => idColumn(header.columns, provider) ?? []);
  scratch.work(() => findDoubles(scratch, header.columns, [...new Set(sent)], faults));
  if (faults.size > 0) throw faults.error(name);
  return header;
}

function rowTaker(
  { width, columns, cells: places }: Header,
  rules: RowRules,
  scratch: Scratch,
  faults: FaultList,
): TakeRow {
  const check = rowCheck(columns, rules);
  const add = rowWriter(scratch, columns);
  return (cells, line) => {
    if (cells.length !== width) {
      faults.add(line, `the row has ${count(cells.length)}, and the header ${count(width)}`);
      return;
    }
    const kept = places.map((at) => unguarded(cells[at] ?? ''));
    for (const fault of check(kept)) faults.add(line, fault);
    // One that is not right is kept all the same, for comparing it with others.
    add(line, kept);
  };
}

const COUNTS = `SELECT count(*) AS rows, count(user_id) AS user_id, count(stream_id) AS stream_id,
  count(sendbird_id) AS sendbird_id FROM subjects`;

const MOST_LINES = 10;

function dropRepeated(scratch: Scratch): Repeated {
  const first = scratch.sql('SELECT line FROM repeated ORDER BY line LIMIT ?').all(MOST_LINES);
  const drop = scratch.sql('DELETE FROM subjects WHERE line IN (SELECT line FROM repeated)');
  return { size: Number(drop.run().changes), first: first.map(({ line }) => Number(line)) };
}

function count(cells: number): string {
  return cells === 1 ? '1 cell' : `${cells} cells`;
}

function useless(message: string): GdprError {
  return new GdprError('usage', message, {
    next: 'Nothing was sent. What is read is CSV in UTF-8 with a header, for example: user_id,reference',
  });
}
