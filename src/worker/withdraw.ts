import type { Holder } from '../ledger/ledger.ts';
import type { Provider, RunningCall } from '../providers/provider.ts';
import type { Call, ProviderName } from '../requests/request.ts';
import {
  type Unreachable,
  type Withdrawal,
  isUnreachable,
} from '../requests/transitions/answers.ts';
import {
  type Cancellable,
  cancelled,
  unclear,
  withdrawn,
} from '../requests/transitions/cancelled.ts';
import type { WorkerDeps } from './context.ts';
import { askedAbout } from './jobs/check.ts';

/** How taking a call back ended; `account`: it belongs to one that is not configured now. */
export type Taken = Withdrawal | { kind: 'account'; configured: string | null };

/** What withdrawing is handed. */
export interface Withdrawing extends Pick<WorkerDeps, 'ledger' | 'providers' | 'clock' | 'stop'> {
  /** It holds the requests of all steps that the calls serve. */
  holder: Holder;
}

/** Ends what needs nobody's leave: what was not sent never will be. Throws LeaseLost. */
export async function cancelSteps(
  steps: readonly Cancellable[],
  { ledger, clock, holder }: Pick<Withdrawing, 'ledger' | 'clock' | 'holder'>,
): Promise<void> {
  await ledger.record(holder.token, cancelled(steps, clock.now()));
}

/**
 * Asks the providers to take calls back, one after the other, and records what came of it: all steps
 * of a call that was taken back are cancelled. A provider that cannot be asked is not asked again. What was not
 * even tried because `stop` aborted has no entry. Throws LeaseLost.
 */
export async function withdrawCalls(
  calls: readonly Call[],
  work: Withdrawing,
): Promise<ReadonlyMap<string, Taken>> {
  const ends = new Map<string, Taken>();
  const closed = new Map<ProviderName, Unreachable>();
  for (const call of calls) {
    if (work.stop.aborted) break;
    const end = closed.get(call.provider) ?? (await withdrawOne(call, work));
    ends.set(call.id, end);
    if (isUnreachable(end)) closed.set(call.provider, end);
  }
  return ends;
}

async function withdrawOne(call: Call, work: Withdrawing): Promise<Taken> {
  const { ledger, providers, clock, holder, stop } = work;
  const provider = providers.get(call.provider);
  if (provider?.account !== call.account) {
    return { kind: 'account', configured: provider?.account ?? null };
  }
  await ledger.renew(holder, clock.now());
  const end = await asked(provider, askedAbout(call), stop);
  if (end.kind === 'withdrawn' || end.kind === 'unclear') {
    const members = await ledger.stepsOf(call.id);
    const steps = members.map(({ step }) => step);
    const change = end.kind === 'withdrawn' ? withdrawn : unclear;
    await ledger.record(holder.token, change(steps, clock.now()));
  }
  return end;
}

/** A secret that was refused is resolved anew once. */
async function asked(
  provider: Provider,
  call: RunningCall,
  stop: AbortSignal,
): Promise<Withdrawal> {
  const end = await provider.withdraw(call, stop);
  if (end.kind !== 'credentials') return end;
  provider.renewCredentials();
  return provider.withdraw(call, stop);
}
