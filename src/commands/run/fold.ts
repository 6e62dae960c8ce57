import type { Brief } from '../../ledger/ledger.ts';
import type { Provider } from '../../providers/provider.ts';
import type { Stopped } from '../../report/ending/last-words.ts';
import { createRunOutcome, standingOf } from '../../report/ending/outcome.ts';
import type { Unfinished } from '../../report/ending/summary.ts';
import { isUnconfirmed } from '../../requests/confirmation.ts';
import { emptyTally } from '../../requests/exit-code.ts';
import { isExport } from '../../requests/operations.ts';
import type { ProviderName, Request } from '../../requests/request.ts';
import { createSample } from '../../requests/sample.ts';
import type { SubjectRow } from '../../subjects/subjects.ts';
import type { CircuitBreaker } from '../../worker/circuit-breaker.ts';
import type { RequestReceipt } from '../../worker/receipts.ts';

/** How a request stands at the end of a run. */
export interface RequestAccount {
  /** Its row; null: it comes from the ledger. */
  row: SubjectRow | null;
  brief: Brief;
  /** Null where it is completed and nobody needs more than that. */
  whole: RequestReceipt | null;
}

/** The providers that a run could ask, and what it learnt of them. */
interface ProvidersOfRun {
  providers: ReadonlyMap<ProviderName, Provider>;
  breaker: CircuitBreaker;
}

/** Adds accounts up, in bounded space. */
export function createFold(providersOfRun: ProvidersOfRun, now: number) {
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
      noteStopped(request, providersOfRun, stopped);
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
  { providers, breaker }: ProvidersOfRun,
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
