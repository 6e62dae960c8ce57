import { relative } from 'node:path';
import type { App } from '../../app.ts';
import { GdprError } from '../../errors.ts';
import type { Brief } from '../../ledger/ledger.ts';
import type { Provider } from '../../providers/provider.ts';
import { FEW, lastWords } from '../../report/ending/last-words.ts';
import type { Summary } from '../../report/ending/summary.ts';
import { exitCode, statesIn, unsettled } from '../../requests/exit-code.ts';
import type { ProviderName } from '../../requests/request.ts';
import type { SubjectRow } from '../../subjects/subjects.ts';
import type { CircuitBreaker } from '../../worker/circuit-breaker.ts';
import { type Receipts, orBroken } from '../../worker/receipts.ts';
import { invocation, printLastWords, signalName } from '../shared/output.ts';
import { bothErrors } from '../shared/requests.ts';
import { type RequestAccount, createFold } from './fold.ts';
import { printReceipt } from './receipts.ts';
import { writeOut } from './results.ts';
import type { Run } from './run.ts';
import { PAGE } from './subjects.ts';

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
