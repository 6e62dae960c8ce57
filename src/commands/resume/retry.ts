import type { App } from '../../app.ts';
import type { Holder } from '../../ledger/ledger.ts';
import { isMisdated } from '../../requests/polling.ts';
import type { Request, Step } from '../../requests/request.ts';
import { type RetryFlags, mayRepeat, retried } from '../../requests/transitions/retried.ts';
import { readVerified } from '../shared/requests.ts';

/**
 * Takes up again what failed for a passing reason, what was asked for, and what waits since a clock
 * was wrong; what another process
 * holds is left to it.
 */
export async function retryFailed(
  requests: readonly Request[],
  asked: RetryFlags,
  app: App,
): Promise<void> {
  for (const request of requests) {
    if (asked.resend && !request.steps.some(isToResend)) {
      app.host.stderr.write(`${request.id}: no deletion is in doubt, so none is sent again.\n`);
    }
    const isWanted = request.steps.some((step) => mayRepeat(step, asked) || isStuck(step, app));
    if (request.state !== 'closed' && isWanted) {
      await reviveSteps(request, asked, app);
    }
  }
}

function isStuck({ finishedAt, nextAt }: Step, { host }: App): boolean {
  return finishedAt === null && isMisdated(nextAt, host.clock.now());
}

function isToResend(step: Step): boolean {
  return mayRepeat({ ...step, error: null }, { failed: false, resend: true });
}

async function reviveSteps({ id }: Request, asked: RetryFlags, app: App): Promise<void> {
  const { host } = app;
  const ledger = await app.ledger();
  const holder: Holder = { token: host.newId(), process: host.process };
  const [taken] = await ledger.take([id], holder, host.clock.now());
  if (taken === undefined) return;
  // Read again: until it was taken, somebody else may have worked on it.
  const { requests } = await readVerified([id], ledger);
  const all = requests.flatMap((each) => each.steps);
  const steps = all.filter((step) => mayRepeat(step, asked));
  const at = host.clock.now();
  if (steps.length > 0) await ledger.record(holder.token, retried(steps, asked, at));
  const stuck = all.filter((step) => !steps.includes(step) && isStuck(step, app));
  const patches = stuck.map((step) => ({ id: step.id, patch: { nextAt: null } }));
  if (patches.length > 0) await ledger.record(holder.token, { at, steps: patches });
  await ledger.release(holder);
}
