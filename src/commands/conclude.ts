import type { App } from '../app.ts';
import type { GdprError } from '../errors.ts';
import type { Brief } from '../ledger/ledger.ts';
import type { Provider } from '../providers/provider.ts';
import { FEW, type Stopped, lastWords } from '../report/ending.ts';
import { reasonOf } from '../report/reason.ts';
import type { Unfinished } from '../report/summary.ts';
import { createUpshot } from '../report/upshot.ts';
import { type WorkEnd, emptyTally, exitCode, statesIn, unsettled } from '../requests/exit.ts';
import { isExport } from '../requests/operations.ts';
import type { ProviderName, Request } from '../requests/request.ts';
import { createSample } from '../requests/sample.ts';
import type { IdList } from '../roster/id-list.ts';
import type { Health } from '../runner/health.ts';
import { type Account, accountsOf } from './accounts.ts';
import type { Docket } from './docket.ts';
import { isFirst } from './ended.ts';
import { printReceipt } from './paper.ts';
import { needsConfirmation } from './reconfirm.ts';
import { writeOut } from './results.ts';
import { printSummary } from './summary.ts';
import { invocation, printLastWords, signalName } from './talk.ts';
import { joined } from './verified.ts';

/** What a run leaves behind for its conclusion. Durations in ms. */
export interface Aftermath {
  seal: (requestId: string) => Promise<void>;
  /** Of whom it was told that they have ended. */
  told: IdList;
  providers: ReadonlyMap<ProviderName, Provider>;
  health: Health;
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
export async function conclude(docket: Docket, aftermath: Aftermath, app: App): Promise<number> {
  const { isBatch } = docket;
  const fold = createFold(aftermath, app);
  const isRead = ({ state, onWord }: Brief): boolean =>
    state !== 'completed' ||
    onWord ||
    !isBatch ||
    app.flags.json ||
    (docket.results?.isReceipts ?? false);
  let damage = aftermath.broken;
  if (aftermath.fault === null) await sealAll(docket, aftermath, app);
  const accounts = accountsOf(
    docket,
    isRead,
    (error) => {
      damage = joined(damage, error);
    },
    app,
  );
  const told = tellEach(accounts, docket, aftermath, fold, app);
  const unwritten = await writeOut(docket, told);
  const ends = fold.ends();
  const { stop } = app.host;
  const end: WorkEnd = {
    signal: stop.aborted ? Number(stop.reason) : null,
    denied: [...ends.stopped.values()].some(({ kind }) => kind !== 'unavailable'),
    unavailable: [...ends.stopped.values()].some(({ kind }) => kind === 'unavailable'),
    guarded: ends.upshot.guarded.number > 0,
  };
  const { tally } = ends.upshot;
  const exit = exitCode(statesIn(tally), end);
  const again = unsettled(tally) > FEW ? docket.again : null;
  if (isBatch) await printSummary({ ...ends, ...aftermath, docket, again }, app);
  if (aftermath.fault !== null) throw aftermath.fault;
  if (damage !== null && end.signal === null) throw damage;
  if (exit !== 0) {
    const signal = end.signal === null ? null : signalName(end.signal);
    const { timedOut } = aftermath;
    const ending = { exit, invocation: invocation(app.flags), ...ends, signal, timedOut, again };
    printLastWords({ exit, ...lastWords(ending) }, app);
  }
  if (unwritten !== null) throw unwritten;
  return exit;
}

/** What a crash has left without its receipt, and what has ended in the last moment. */
async function sealAll(docket: Docket, { seal }: Aftermath, app: App): Promise<void> {
  const ledger = await app.ledger();
  for (const ids of docket.all()) {
    for (const { id, sealed, finishedAt } of await ledger.brief(ids)) {
      if (!sealed && finishedAt !== null) await seal(id);
    }
  }
}

async function* tellEach(
  accounts: AsyncIterable<Account>,
  { isBatch }: Docket,
  { told }: Aftermath,
  fold: ReturnType<typeof createFold>,
  app: App,
): AsyncGenerator<Account> {
  for await (const account of accounts) {
    const { brief, whole } = account;
    fold.add(account);
    const isTold = isBatch && !(app.flags.json && isFirst(brief.id, told));
    if (whole !== null && !isTold) await printReceipt(whole.request, app);
    yield account;
  }
}

/** Adds accounts up, in bounded space. */
function createFold({ providers, health }: Aftermath, app: App) {
  const now = app.host.clock.now();
  const upshot = createUpshot();
  const unconfirmed = createSample<string>();
  const unfinished = createSample<Unfinished>();
  const stopped = new Map<ProviderName, Stopped>();
  const done = emptyTally();
  let skipped = 0;
  let onWord = 0;
  return {
    add({ row, brief, whole }: Account): void {
      if (row?.fate === 'skipped') skipped += 1;
      else {
        done[brief.state] += 1;
        if (brief.onWord) onWord += 1;
      }
      if (whole === null) return upshot.count(brief.state);
      const { request, receipt } = whole;
      upshot.add(receipt);
      if (request.state !== 'completed' && row?.fate !== 'skipped') {
        const { userId } = request.subject;
        unfinished.add({ userId, state: request.state, reason: reasonOf(receipt) });
      }
      if (needsConfirmation(request, now)) unconfirmed.add(request.id);
      noteStopped(request, { providers, health }, stopped);
    },
    ends: () => ({
      upshot: upshot.upshot(),
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
  { providers, health }: Pick<Aftermath, 'providers' | 'health'>,
  stopped: Map<ProviderName, Stopped>,
): void {
  for (const { provider, account, operation, state, finishedAt } of steps) {
    if (finishedAt !== null) continue;
    const configured = providers.get(provider)?.account;
    const waitsForFile = state === 'reported' && isExport(operation);
    const ofFiles = waitsForFile ? health.filesStoppage(provider) : null;
    const stoppage = health.stoppage(provider) ?? ofFiles;
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
