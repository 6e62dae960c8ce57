import { relative } from 'node:path';
import type { App } from '../../app.ts';
import { GdprError } from '../../errors.ts';
import { type ResultRow, writeReceipts, writeResults } from '../../files/csv/results.ts';
import type { Brief } from '../../ledger/ledger.ts';
import type { Provider } from '../../providers/provider.ts';
import { FEW, type Stopped, lastWords } from '../../report/ending/last-words.ts';
import { createRunOutcome, standingOf } from '../../report/ending/outcome.ts';
import type { Summary, Unfinished } from '../../report/ending/summary.ts';
import { isUnconfirmed } from '../../requests/confirmation.ts';
import { isExport } from '../../requests/operations.ts';
import type { ProviderName, Request } from '../../requests/request.ts';
import { createSample } from '../../requests/sample.ts';
import { emptyTally, exitCode, statesIn, unsettled } from '../../requests/state.ts';
import { type SubjectRow, type SubjectTable, cellsOf } from '../../subjects/subjects.ts';
import type { CircuitBreaker } from '../../worker/circuit-breaker.ts';
import { type Receipts, type RequestReceipt, orBroken } from '../../worker/jobs/seal.ts';
import { invocation, printLastWords, printReceipt, signalName } from '../shared/output.ts';
import { bothErrors } from '../shared/requests.ts';
import { PAGE, type Run } from './run.ts';

/** What a run leaves behind for its conclusion. Durations in ms. */
export interface RunResult {
  receipts: Receipts;
  /** Whether it was not told yet that this request has ended; from now on it is. */
  isNew: (requestId: string) => boolean;
  providers: ReadonlyMap<ProviderName, Provider>;
  breaker: CircuitBreaker;
  timedOut: boolean;
  /** What is wrong with the records that were left alone. */
  broken: GdprError | null;
  lasted: number;
  limited: number;
  /** The failing disk that ended the work; null: none did. */
  fault: GdprError | null;
}

/**
 * Tells how everybody's request stands, by receipts or, for a batch, by a summary; writes the results
 * and, unless all is well, the last words; resolves to the exit code. Throws GdprError `ledger` at the
 * end when a record is broken, `storage` when the results cannot be written.
 */
export async function conclude(run: Run, result: RunResult, app: App): Promise<number> {
  const { stop, clock } = app.host;
  const fold = createFold(result, clock.now());
  let damage = result.broken;
  const accounts = requestAccounts(run, result, app, (error) => {
    damage = bothErrors(damage, error);
  });
  const unwritten = await writeOut(run, tellEach(accounts, run, result, fold, app));
  const facts = fold.facts();
  const { tally, guarded } = facts.runOutcome;
  const kinds = [...facts.stopped.values()].map(({ kind }) => kind);
  const signal = stop.aborted ? Number(stop.reason) : null;
  const exit = exitCode(statesIn(tally), {
    signal,
    denied: kinds.some((kind) => kind !== 'unavailable'),
    unavailable: kinds.includes('unavailable'),
    guarded: guarded.number > 0,
  });
  const again = unsettled(tally) > FEW ? run.again : null;
  const { lasted, limited, timedOut, fault } = result;
  if (run.isBatch) await printSummary({ ...facts, lasted, limited, again }, run, app);
  if (fault !== null) throw fault;
  if (damage !== null && signal === null) throw damage;
  if (exit !== 0) {
    const ending = { exit, invocation: invocation(app.flags), ...facts, timedOut, again };
    const words = lastWords({ ...ending, signal: signal === null ? null : signalName(signal) });
    printLastWords({ exit, ...words }, app);
  }
  if (unwritten !== null) throw unwritten;
  return exit;
}

/**
 * How all of a run's requests stand, in their order; the receipts of those of which more is to be said
 * than that they are completed. Those whose record is broken are left out.
 */
async function* requestAccounts(
  run: Run,
  { receipts }: RunResult,
  app: App,
  onBroken: (error: GdprError) => void,
): AsyncGenerator<RequestAccount> {
  const ledger = await app.ledger();
  const isRead = !run.isBatch || app.flags.json || run.results?.isReceipts === true;
  const wholeOf = async (brief: Brief): Promise<RequestAccount['whole'] | GdprError> =>
    isRead || brief.state !== 'completed' || brief.onWord
      ? orBroken(brief.id, receipts.of(brief))
      : null;
  for (const page of pagesOf(run)) {
    const found = await ledger.brief(page.map(({ id }) => id));
    const briefs = new Map(found.map((brief) => [brief.id, brief]));
    for (const { id, row } of page) {
      const brief = briefs.get(id);
      if (brief === undefined) continue;
      const whole = await wholeOf(brief);
      if (whole instanceof GdprError) onBroken(whole);
      else yield { row, brief, whole };
    }
  }
}

function* pagesOf(run: Run): Generator<readonly { id: string; row: SubjectRow | null }[]> {
  if (run.subjectTable === null) {
    for (const ids of run.all()) yield ids.map((id) => ({ id, row: null }));
    return;
  }
  for (const rows of run.subjectTable.pages(PAGE)) {
    yield rows.flatMap((row) => (row.requestId === null ? [] : [{ id: row.requestId, row }]));
  }
}

async function* tellEach(
  accounts: AsyncIterable<RequestAccount>,
  { isBatch }: Run,
  { isNew }: RunResult,
  fold: ReturnType<typeof createFold>,
  app: App,
): AsyncGenerator<RequestAccount> {
  for await (const account of accounts) {
    const { brief, whole } = account;
    fold.add(account);
    const isTold = isBatch && !(app.flags.json && isNew(brief.id));
    if (whole !== null && !isTold) await printReceipt(whole.receipt, app);
    yield account;
  }
}

/** Prints the summary of a batch: on stdout, or beside the receipts of `--json` on stderr. */
async function printSummary(
  facts: Omit<Summary, 'calls' | 'places'>,
  { results, outDir }: Run,
  app: App,
): Promise<void> {
  const { host, flags } = app;
  const { summaryLines } = await import('../../report/ending/summary.ts');
  const { stateDir } = await app.settings();
  const places = [
    ...(results === null ? [] : [{ what: 'Results', path: results.name }]),
    ...(outDir === null ? [] : [{ what: 'Bundles', path: relative(host.cwd, outDir) || '.' }]),
    { what: 'Ledger', path: stateDir },
  ];
  const text = `${summaryLines({ ...facts, calls: app.calls(), places }).join('\n')}\n`;
  if (!flags.json) host.stdout.write(text);
  else if (!flags.quiet) host.stderr.write(text);
}

/** How a request stands at the end of a run. */
interface RequestAccount {
  /** Its row; null: it comes from the ledger. */
  row: SubjectRow | null;
  brief: Brief;
  /** Null where it is completed and nobody needs more than that. */
  whole: RequestReceipt | null;
}

/** Adds accounts up, in bounded space. */
function createFold(result: RunResult, now: number) {
  const runOutcome = createRunOutcome();
  const unconfirmed = createSample<string>();
  const unfinished = createSample<Unfinished>();
  const stopped = new Map<ProviderName, Stopped>();
  const done = emptyTally();
  let skipped = 0;
  let onWord = 0;
  return {
    add({ row, brief, whole }: RequestAccount): void {
      if (row?.disposition === 'skipped') skipped += 1;
      else {
        done[brief.state] += 1;
        if (brief.onWord) onWord += 1;
      }
      if (whole === null) return runOutcome.count(brief.state);
      const { request, receipt } = whole;
      runOutcome.add(receipt);
      if (request.state !== 'completed' && row?.disposition !== 'skipped') {
        const { userId } = request.subject;
        unfinished.add({ userId, state: request.state, reason: standingOf(receipt) });
      }
      if (isUnconfirmed(request, now)) unconfirmed.add(request.id);
      noteStopped(request, result, stopped);
    },
    facts: () => ({
      runOutcome: runOutcome.runOutcome(),
      unconfirmed: unconfirmed.taken(),
      unfinished: unfinished.taken(),
      stopped,
      /** Without those that were skipped. */
      tally: done,
      skipped,
      onWord,
    }),
  };
}

/** Why providers with open steps were left: what the run learnt, and accounts that do not fit. */
function noteStopped(
  { steps }: Request,
  { providers, breaker }: RunResult,
  stopped: Map<ProviderName, Stopped>,
): void {
  for (const { provider, account, operation, state, finishedAt } of steps) {
    if (finishedAt !== null) continue;
    const configured = providers.get(provider)?.account;
    const waitsForFile = state === 'reported' && isExport(operation);
    const ofFiles = waitsForFile ? breaker.filesStoppage(provider) : null;
    const stoppage = breaker.stoppage(provider) ?? ofFiles;
    if (configured !== account) {
      const now = configured === undefined ? 'it is not configured' : `${configured} is configured`;
      const reason = `A step belongs to the account ${account}, and now ${now}`;
      stopped.set(provider, { kind: 'account', reason, tries: 0, lasted: 0 });
    } else if (stoppage !== null) {
      const { kind, error, tries, lasted } = stoppage;
      stopped.set(provider, { kind, reason: error.message, tries, lasted });
    }
  }
}

/**
 * Writes the results of a run, if there is a place for them, while its accounts are gone through;
 * they are gone through to their end in any case. Answers with what kept the results from being written.
 */
async function writeOut(
  { results, subjectTable }: Run,
  accounts: AsyncIterable<RequestAccount>,
): Promise<GdprError | null> {
  const all = accounts[Symbol.asyncIterator]();
  const rest: AsyncIterable<RequestAccount> = {
    [Symbol.asyncIterator]: () => ({ next: () => all.next() }),
  };
  let fault: GdprError | null = null;
  try {
    if (results?.isReceipts === true) await writeReceipts(results, receiptsOf(rest));
    else if (results !== null && subjectTable !== null) {
      const { columns } = subjectTable;
      await writeResults(results, rowsOf(rest, columns), columns);
    }
  } catch (thrown) {
    if (!(thrown instanceof GdprError) || thrown.fault !== 'storage') throw thrown;
    fault = thrown;
  }
  for await (const _ of rest);
  return fault;
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
