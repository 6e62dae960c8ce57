import type { App } from '../../app.ts';
import type { ResultsPlace } from '../../files/csv/results-place.ts';
import type { Subject } from '../../requests/request.ts';
import type { SubjectRow, SubjectTable } from '../../subjects/subjects.ts';
import { commandLine } from '../shared/output.ts';
import type { Workload } from './record.ts';

/** How many rows are planned, looked up and recorded together. */
export const PAGE = 500;

/** Requests of which a page is carried on; those that were there before are checked first. */
interface OpenPage {
  recorded: readonly string[];
  before: readonly string[];
}

/** Which requests a run works on, and how it tells of them. */
export interface Run {
  /** The requests to carry on. */
  open(): Iterable<OpenPage>;
  /** The requests that are reported at the end, in this order. */
  all(): Iterable<readonly string[]>;
  /** Where they come from, row by row; null: from the ledger. */
  subjectTable: SubjectTable | null;
  /** Where the results go; null: nowhere. */
  results: ResultsPlace | null;
  /** Reported as a whole, and not by a receipt for each. */
  isBatch: boolean;
  workload: Workload;
  /** The folder of the bundles; null: there are none. */
  outDir: string | null;
  /** The command that was run, where running it again goes on; null: it would not. */
  again: string | null;
}

/** So many receipts can be read one by one. */
const RECEIPTS = 20;

/** Whether so many people are reported as a whole. */
export function isMany(people: number): boolean {
  return people > RECEIPTS;
}

/** The requests of a subject table's rows. */
function rowsOf(subjectTable: SubjectTable): Pick<Run, 'open' | 'all' | 'subjectTable'> {
  return {
    subjectTable,
    *open() {
      for (const rows of leftToDo(subjectTable)) {
        const ids = (disposition: 'recorded' | 'carried'): string[] =>
          rows.flatMap((row) => (row.disposition === disposition ? (row.requestId ?? []) : []));
        yield { recorded: ids('recorded'), before: ids('carried') };
      }
    },
    all: () => subjectTable.ids(PAGE),
  };
}

/** What can be read once: standard input, and what a shell puts in place of a file. */
const NOT_AGAIN = /^(?:-$|\/dev\/|\/proc\/)/;

/** A run about the rows of a subject table. */
export function runOf(
  {
    subjectTable,
    ...given
  }: { subjectTable: SubjectTable } & Pick<Run, 'results' | 'workload' | 'outDir'>,
  { csv }: { csv: string | null },
  app: App,
): Run {
  return {
    ...given,
    ...rowsOf(subjectTable),
    isBatch: csv !== null || isMany(subjectTable.size),
    again: csv === null || NOT_AGAIN.test(csv) ? null : commandLine(app),
  };
}

/** The rows that there is something to do for, page by page. */
function* leftToDo(subjectTable: SubjectTable): Generator<readonly SubjectRow[]> {
  for (const page of subjectTable.pages(PAGE)) {
    const rows = page.filter(({ disposition }) => disposition !== 'skipped');
    if (rows.length > 0) yield rows;
  }
}

/** The same before the work begins: throws the signal's reason when one has come. */
export async function* toDo(
  subjectTable: SubjectTable,
  { host }: App,
): AsyncGenerator<readonly SubjectRow[]> {
  for (const rows of leftToDo(subjectTable)) {
    await throwIfStopped(host);
    yield rows;
  }
}

/** Their subjects. */
export async function* subjectsToDo(
  subjectTable: SubjectTable,
  app: App,
): AsyncGenerator<readonly Subject[]> {
  for await (const rows of toDo(subjectTable, app)) yield rows.map(({ subject }) => subject);
}

/** Lets a signal be heard, and throws its reason. */
export async function throwIfStopped({ clock, stop }: App['host']): Promise<void> {
  await clock.turn();
  stop.throwIfAborted();
}
