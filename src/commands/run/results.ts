import { resolve } from 'node:path';
import type { App } from '../../app.ts';
import { GdprError } from '../../errors.ts';
import { type ResultsPlace, prepareResults } from '../../files/csv/results-place.ts';
import { type ResultRow, writeReceipts, writeResults } from '../../files/csv/results.ts';
import { standingOf } from '../../report/ending/outcome.ts';
import { type SubjectTable, cellsOf } from '../../subjects/subjects.ts';
import type { RequestFlags } from '../shared/flags.ts';
import type { RequestAccount } from './fold.ts';
import type { Run } from './run.ts';

/**
 * Where the results go, checked before anything is sent and before `outDir` (null: there is none) is
 * made; null: nowhere. Throws GdprError `usage`.
 */
export async function checkedResults(
  { results, csv, dryRun }: RequestFlags,
  outDir: string | null,
  app: App,
): Promise<ResultsPlace | null> {
  if (results === null) return null;
  if (dryRun) {
    throw new GdprError('usage', '--results has no effect with --dry-run: nothing comes of it.', {
      next: 'Nothing was sent. Leave one of them out.',
    });
  }
  const { host } = app;
  const input = csv === null || csv === '-' ? csv : resolve(host.cwd, csv);
  return prepareResults(results, host.cwd, { input, kept: await app.kept(), outDir });
}

/**
 * Writes the results of a run, if there is a place for them, while its accounts are gone through;
 * they are gone through to their end in any case. Answers with what kept the results from being written.
 */
export async function writeOut(
  { results, subjectTable }: Run,
  accounts: AsyncIterable<RequestAccount>,
): Promise<GdprError | null> {
  const all = accounts[Symbol.asyncIterator]();
  const rest: AsyncIterable<RequestAccount> = {
    [Symbol.asyncIterator]: () => ({ next: () => all.next() }),
  };
  let fault: GdprError | null = null;
  try {
    if (results !== null && subjectTable !== null) await write(results, rest, subjectTable);
  } catch (thrown) {
    if (!(thrown instanceof GdprError) || thrown.fault !== 'storage') throw thrown;
    fault = thrown;
  }
  for await (const _ of rest);
  return fault;
}

async function write(
  place: ResultsPlace,
  accounts: AsyncIterable<RequestAccount>,
  { columns }: SubjectTable,
): Promise<void> {
  if (place.isReceipts) await writeReceipts(place, receiptsOf(accounts));
  else await writeResults(place, rowsOf(accounts, columns), columns);
}

async function* receiptsOf(accounts: AsyncIterable<RequestAccount>): AsyncGenerator<string> {
  for await (const { whole } of accounts) if (whole !== null) yield JSON.stringify(whole.receipt);
}

async function* rowsOf(
  accounts: AsyncIterable<RequestAccount>,
  columns: SubjectTable['columns'],
): AsyncGenerator<ResultRow> {
  for await (const { row, brief, whole } of accounts) {
    if (row === null) continue;
    const detail = whole === null ? '' : standingOf(whole.receipt);
    const { line } = row;
    const { id: requestId, state } = brief;
    yield { line, requestId, state, detail, cells: cellsOf(row, columns) };
  }
}
