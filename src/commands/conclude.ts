import { isExport } from '../requests/operations.ts';
import type { App } from '../app.ts';
import type { GdprError } from '../errors.ts';
import type { Provider } from '../providers/provider.ts';
import { type Stopped, lastWords } from '../report/ending.ts';

import { type RunEnd, exitCode } from '../requests/exit.ts';
import type { ProviderName, Request } from '../requests/request.ts';
import type { Health } from '../runner/health.ts';
import { printReceipt } from './paper.ts';
import { needsConfirmation } from './reconfirm.ts';
import { invocation, printLastWords, signalName } from './talk.ts';
import { readVerified } from './verified.ts';

/** What a run leaves behind for its conclusion. */
export interface Aftermath {
  seal(requestId: string): Promise<void>;
  providers: ReadonlyMap<ProviderName, Provider>;
  health: Health;
  timedOut: boolean;
  /** What is wrong with the records that were left alone. */
  broken: GdprError | null;
}

/**
 * Prints the receipts and, unless all is well, the last words; resolves to the exit code. Throws
 * GdprError `ledger` at the end when a record is broken.
 */
export async function conclude(
  ids: readonly string[],
  aftermath: Aftermath,
  app: App,
): Promise<number> {
  const ledger = await app.ledger();
  for (const id of ids) await aftermath.seal(id);
  const { requests, broken } = await readVerified(ids, ledger);
  const receipts = [];
  for (const request of requests) receipts.push(await printReceipt(request, app));
  const stopped = stoppedProviders(requests, aftermath);
  const { stop } = app.host;
  const end: RunEnd = {
    signal: stop.aborted ? Number(stop.reason) : null,
    denied: [...stopped.values()].some(({ kind }) => kind !== 'unavailable'),
    unavailable: [...stopped.values()].some(({ kind }) => kind === 'unavailable'),
  };
  const exit = exitCode(
    requests.map(({ state }) => state),
    end,
  );
  const damage = aftermath.broken ?? broken;
  if (damage !== null && end.signal === null) throw damage;
  if (exit === 0) return 0;
  const signal = end.signal === null ? null : signalName(end.signal);
  const { timedOut } = aftermath;
  printLastWords(
    {
      exit,
      ...lastWords({
        exit,
        invocation: invocation(app.flags),
        receipts,
        unconfirmed: requests
          .filter((request) => needsConfirmation(request, app.host.clock.now()))
          .map(({ id }) => id),
        stopped,
        signal,
        timedOut,
      }),
    },
    app,
  );
  return exit;
}

/** Why providers with open steps were left: what the run learnt, and accounts that do not fit. */
function stoppedProviders(
  requests: readonly Request[],
  { providers, health }: Aftermath,
): ReadonlyMap<ProviderName, Stopped> {
  const stopped = new Map<ProviderName, Stopped>();
  const open = requests.flatMap(({ steps }) => steps.filter((step) => step.finishedAt === null));
  for (const { provider, account, operation, state } of open) {
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
  return stopped;
}
