import { GdprError } from '../errors.ts';
import { readCsv } from '../files/csv/rows.ts';
import type { CsvSource } from '../files/csv/source.ts';
import { createRowReader } from './csv-reader.ts';
import { DOUBLE_TABLES, findDoubles, sentColumns } from './doubles.ts';
import { faultList } from './fault-list.ts';
import { FINGERPRINT_TABLES, fingerprints } from './fingerprints.ts';
import { COLUMNS, type Column } from './header.ts';
import { layoutOf } from './layout.ts';
import { NOTE_TABLES, notesOf } from './notes.ts';
import { TWICE_TABLES, type Twice, noticesOf, twiceOf } from './notices.ts';
import type { RowRules } from './row-check.ts';
import { type Block, ROW_TABLES, type RowStore, rowStore } from './row-store.ts';
import { type Scratch, openScratch } from './scratch.ts';
import type { SubjectTable, SubjectRow } from './subjects.ts';

const TABLES = ROW_TABLES + FINGERPRINT_TABLES + DOUBLE_TABLES + TWICE_TABLES + NOTE_TABLES;

/** What a CSV is checked against; `signal` ends the reading of it. */
export interface CsvRules extends RowRules {
  signal: AbortSignal;
}

/**
 * Reads a CSV (docs/spec.md 6) and checks every row of it. Throws GdprError `usage` with all faults
 * (the first 50 by line, then their number), `storage` when there is no room for temporary files, and
 * the signal's reason.
 */
export async function csvSubjects(source: CsvSource, rules: CsvRules): Promise<SubjectTable> {
  const scratch = openScratch(TABLES);
  try {
    return await read(source, rules, scratch);
  } catch (thrown) {
    scratch.close();
    throw thrown;
  }
}

async function read(source: CsvSource, rules: CsvRules, scratch: Scratch): Promise<SubjectTable> {
  const { name } = source;
  const rows = rowStore(scratch);
  const prints = fingerprints(scratch);
  const faults = faultList();
  const intake = createRowReader(name, rules, { rows, prints, faults });
  const stop = await readCsv(source, COLUMNS, intake.take, rules.signal);
  if (stop !== null) {
    if (stop.line === null) throw useless(`${name} ${stop.what}.`);
    faults.add(stop.line, stop.what);
  }
  const { header } = intake;
  if (header === null) throw faults.size > 0 ? faults.error(name) : useless(`${name} is empty.`);
  rows.end();
  const sent = sentColumns(header.columns, rules.providers);
  scratch.transaction(() => {
    if (prints.findSuspects() > 0) findDoubles(scratch, rows, header.columns, sent, faults);
  });
  if (faults.size > 0) throw faults.error(name);
  if (intake.rows === 0) throw useless(`${name} has a header and no row: nobody is named.`);
  const twice = twiceOf(scratch);
  return {
    ...subjectTableOf(scratch, rows, twice, header.columns),
    size: intake.rows - twice.size,
    notices: noticesOf(header, rules.providers, intake.empty, twice),
  };
}

function subjectTableOf(
  scratch: Scratch,
  rows: RowStore,
  twice: Twice,
  columns: readonly Column[],
): Omit<SubjectTable, 'size' | 'notices'> {
  const notes = notesOf(scratch);
  const rowOf = layoutOf(columns);
  const pageOf = ({ lines, cells }: Block): readonly SubjectRow[] => {
    const first = lines[0] ?? 0;
    const last = lines.at(-1) ?? 0;
    const isTwice = twice.between(first, last);
    const noted = notes.between(first, last);
    const page: SubjectRow[] = [];
    for (let at = 0; at < lines.length; at += 1) {
      const line = lines[at] ?? 0;
      if (!isTwice(line)) page.push(rowOf(line, cells, at * columns.length, noted(line)));
    }
    return page;
  };
  return {
    columns,
    *pages(limit) {
      for (const block of rows.blocks('all')) {
        const page = pageOf(block);
        if (page.length > 0 && page.length <= limit) yield page;
        else for (let at = 0; at < page.length; at += limit) yield page.slice(at, at + limit);
      }
    },
    note: (patches) => notes.add(patches),
    ids: (limit) => notes.ids(limit),
    close: () => scratch.close(),
  };
}

function useless(message: string): GdprError {
  return new GdprError('usage', message, {
    next: 'Nothing was sent. What is read is CSV in UTF-8 with a header, for example: user_id,reference',
  });
}
