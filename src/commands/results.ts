import { resolve } from 'node:path';
import type { App } from '../app.ts';
import { GdprError } from '../errors.ts';
import { type ResultRow, writeReceipts, writeResults } from '../files/results.ts';
import { type ResultsPlace, prepareResults } from '../files/results-place.ts';
import { reasonOf } from '../report/reason.ts';
import type { Roster } from '../roster/roster.ts';
import { cellsOf } from '../roster/layout.ts';
import type { Account } from './accounts.ts';
import type { Docket } from './docket.ts';
import type { RequestFlags } from './request-flags.ts';

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
  return prepareResults(results, host, { input, kept: await app.kept(), outDir });
}

/**
 * Writes the results of a docket, if there is a place for them, while its accounts are gone through;
 * they are gone through to their end in any case. Answers with what kept the results from being written.
 */
export async function writeOut(
  { results, roster }: Docket,
  accounts: AsyncIterable<Account>,
): Promise<GdprError | null> {
  const all = accounts[Symbol.asyncIterator]();
  const rest: AsyncIterable<Account> = {
    [Symbol.asyncIterator]: () => ({ next: () => all.next() }),
  };
  let fault: GdprError | null = null;
  try {
    if (results !== null && roster !== null) await write(results, rest, roster);
  } catch (thrown) {
    if (!(thrown instanceof GdprError) || thrown.fault !== 'storage') throw thrown;
    fault = thrown;
  }
  for await (const _ of rest);
  return fault;
}

async function write(
  place: ResultsPlace,
  accounts: AsyncIterable<Account>,
  { columns }: Roster,
): Promise<void> {
  if (place.isReceipts) await writeReceipts(place, receiptsOf(accounts));
  else await writeResults(place, rowsOf(accounts, columns), columns);
}

async function* receiptsOf(accounts: AsyncIterable<Account>): AsyncGenerator<string> {
  for await (const { whole } of accounts) if (whole !== null) yield JSON.stringify(whole.receipt);
}

async function* rowsOf(
  accounts: AsyncIterable<Account>,
  columns: Roster['columns'],
): AsyncGenerator<ResultRow> {
  for await (const { row, brief, whole } of accounts) {
    if (row === null) continue;
    const detail = whole === null ? '' : reasonOf(whole.receipt);
    const { line } = row;
    const { id: requestId, state } = brief;
    yield { line, requestId, state, detail, cells: cellsOf(row, columns) };
  }
}
