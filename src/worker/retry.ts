import type { Clock } from '../host/host.ts';
import type { Holder, Ledger } from '../ledger/ledger.ts';
import { isMisdated } from '../requests/polling.ts';
import type { Request, Step } from '../requests/request.ts';
import { changeSteps } from '../requests/transitions/change.ts';
import { type RetryFlags, mayRepeat, retried } from '../requests/transitions/retried.ts';
import { orBroken } from './jobs/seal.ts';

/** What a retry is handed; the holder holds nothing else, and nothing afterwards. */
interface Retrying {
  ledger: Ledger;
  clock: Clock;
  holder: Holder;
}

/**
 * Takes up again what failed for a passing reason, what was asked for, and what waits since a clock
 * was wrong; what another process holds is left to it.
 */
export async function retryFailed(
  requests: readonly Request[],
  asked: RetryFlags,
  work: Retrying,
): Promise<void> {
  for (const { id, state, steps } of requests) {
    const isWanted = steps.some((step) => mayRepeat(step, asked) || isStuck(step, work));
    if (state !== 'closed' && isWanted) await retryOne(id, asked, work);
  }
}

function isStuck({ finishedAt, nextAt }: Step, { clock }: Retrying): boolean {
  return finishedAt === null && isMisdated(nextAt, clock.now());
}

async function retryOne(id: string, asked: RetryFlags, work: Retrying): Promise<void> {
  const { ledger, clock, holder } = work;
  const [taken] = await ledger.take([id], holder, clock.now());
  if (taken === undefined) return;
  // Read again: until it was taken, somebody else may have worked on it.
  const request = await orBroken(id, ledger.request(id));
  const all = request === null || request instanceof Error ? [] : request.steps;
  const steps = all.filter((step) => mayRepeat(step, asked));
  const at = clock.now();
  if (steps.length > 0) await ledger.record(holder.token, retried(steps, asked, at));
  const stuck = all.filter((step) => !steps.includes(step) && isStuck(step, work));
  if (stuck.length > 0)
    await ledger.record(
      holder.token,
      changeSteps(at, stuck, () => ({ nextAt: null })),
    );
  await ledger.release(holder);
}
