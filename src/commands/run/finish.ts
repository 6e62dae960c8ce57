import { relative } from 'node:path';
import type { App } from '../../app.ts';
import type { GdprError } from '../../errors.ts';
import type { Brief } from '../../ledger/ledger.ts';
import type { Provider } from '../../providers/provider.ts';
import { FEW, type Stopped, lastWords } from '../../report/ending/last-words.ts';
import { createRunOutcome, standingOf } from '../../report/ending/outcome.ts';
import type { Summary, Unfinished } from '../../report/ending/summary.ts';
import {
  type Tally,
  type WorkEnd,
  emptyTally,
  exitCode,
  statesIn,
  unsettled,
} from '../../requests/exit-code.ts';
import { isExport } from '../../requests/operations.ts';
import type { ProviderName, Request } from '../../requests/request.ts';
import { createSample } from '../../requests/sample.ts';
import type { IdList } from '../../subjects/id-list.ts';
import type { CircuitBreaker } from '../../worker/circuit-breaker.ts';
import { needsConfirmation } from '../resume/reconfirm.ts';
import { invocation, printLastWords, signalName } from '../shared/output.ts';
import { joined } from '../shared/requests.ts';
import { type RequestAccount, requestAccounts } from './accounts.ts';
import { isFirst } from './ended.ts';
import { printReceipt } from './receipts.ts';
import { writeOut } from './results.ts';
import type { Run } from './run.ts';

/** What a run leaves behind for its conclusion. Durations in ms. */
export interface RunResult {
  seal: (requestId: string) => Promise<void>;
  /** Of whom it was told that they have ended. */
  told: IdList;
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
  const { isBatch } = run;
  const fold = createFold(result, app);
  const isRead = ({ state, onWord }: Brief): boolean =>
    state !== 'completed' ||
    onWord ||
    !isBatch ||
    app.flags.json ||
    (run.results?.isReceipts ?? false);
  let damage = result.broken;
  if (result.fault === null) await sealAll(run, result, app);
  const accounts = requestAccounts(
    run,
    isRead,
    (error) => {
      damage = joined(damage, error);
    },
    app,
  );
  const told = tellEach(accounts, run, result, fold, app);
  const unwritten = await writeOut(run, told);
  const ends = fold.ends();
  const { stop } = app.host;
  const end: WorkEnd = {
    signal: stop.aborted ? Number(stop.reason) : null,
    denied: [...ends.stopped.values()].some(({ kind }) => kind !== 'unavailable'),
    unavailable: [...ends.stopped.values()].some(({ kind }) => kind === 'unavailable'),
    guarded: ends.runOutcome.guarded.number > 0,
  };
  const { tally } = ends.runOutcome;
  const exit = exitCode(statesIn(tally), end);
  const again = unsettled(tally) > FEW ? run.again : null;
  if (isBatch) await printSummary({ ...ends, ...result, run, again }, app);
  if (result.fault !== null) throw result.fault;
  if (damage !== null && end.signal === null) throw damage;
  if (exit !== 0) {
    const signal = end.signal === null ? null : signalName(end.signal);
    const { timedOut } = result;
    const ending = { exit, invocation: invocation(app.flags), ...ends, signal, timedOut, again };
    printLastWords({ exit, ...lastWords(ending) }, app);
  }
  if (unwritten !== null) throw unwritten;
  return exit;
}

/** What a crash has left without its receipt, and what has ended in the last moment. */
async function sealAll(run: Run, { seal }: RunResult, app: App): Promise<void> {
  const ledger = await app.ledger();
  for (const ids of run.all()) {
    for (const { id, sealed, finishedAt } of await ledger.brief(ids)) {
      if (!sealed && finishedAt !== null) await seal(id);
    }
  }
}

async function* tellEach(
  accounts: AsyncIterable<RequestAccount>,
  { isBatch }: Run,
  { told }: RunResult,
  fold: ReturnType<typeof createFold>,
  app: App,
): AsyncGenerator<RequestAccount> {
  for await (const account of accounts) {
    const { brief, whole } = account;
    fold.add(account);
    const isTold = isBatch && !(app.flags.json && isFirst(brief.id, told));
    if (whole !== null && !isTold) await printReceipt(whole.request, app);
    yield account;
  }
}

/** Adds accounts up, in bounded space. */
function createFold({ providers, breaker }: RunResult, app: App) {
  const now = app.host.clock.now();
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
      if (needsConfirmation(request, now)) unconfirmed.add(request.id);
      noteStopped(request, { providers, breaker }, stopped);
    },
    ends: () => ({
      runOutcome: runOutcome.runOutcome(),
      unconfirmed: unconfirmed.taken(),
      unfinished: unfinished.taken(),
      stopped,
      /** Without those that were skipped. */
      done,
      skipped,
      onWord,
    }),
  };
}

/** Why providers with open steps were left: what the run learnt, and accounts that do not fit. */
function noteStopped(
  { steps }: Request,
  { providers, breaker }: Pick<RunResult, 'providers' | 'breaker'>,
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

/** What a batch has come to. */
interface Outcome extends Pick<
  Summary,
  'skipped' | 'onWord' | 'unfinished' | 'lasted' | 'limited' | 'again'
> {
  /** Without those that were skipped. */
  done: Tally;
  run: Run;
}

/** Prints the summary of a batch: on stdout, or beside the receipts of `--json` on stderr. */
async function printSummary(outcome: Outcome, app: App): Promise<void> {
  const { host, flags } = app;
  const { done, run, skipped, onWord, unfinished, lasted, limited, again } = outcome;
  const { stateDir } = await app.settings();
  const path = (to: string): string => relative(host.cwd, to) || '.';
  const places = [
    ...(run.results === null ? [] : [{ what: 'Results', path: run.results.name }]),
    ...(run.outDir === null ? [] : [{ what: 'Bundles', path: path(run.outDir) }]),
    { what: 'Ledger', path: stateDir },
  ];
  const calls = app.calls();
  const facts = { tally: done, skipped, onWord, calls, lasted, limited, places, unfinished, again };
  const { summaryLines } = await import('../../report/ending/summary.ts');
  const text = `${summaryLines(facts).join('\n')}\n`;
  if (!flags.json) host.stdout.write(text);
  else if (!flags.quiet) host.stderr.write(text);
}
