import type { App } from '../app.ts';
import type { Holder } from '../ledger/ledger.ts';
import type { Request, Step } from '../requests/request.ts';
import { type Asked, mayRepeat, revive } from '../requests/revive.ts';
import { readVerified } from './verified.ts';

/**
 * Takes up again what failed for a passing reason, and what was asked for; what another process
 * holds is left to it.
 */
export async function takeUp(requests: readonly Request[], asked: Asked, app: App): Promise<void> {
  for (const request of requests) {
    if (asked.resend && !request.steps.some(isToResend)) {
      app.host.stderr.write(`${request.id}: no deletion is in doubt, so none is sent again.\n`);
    }
    if (request.state !== 'closed' && request.steps.some((step) => mayRepeat(step, asked))) {
      await reviveSteps(request, asked, app);
    }
  }
}

function isToResend(step: Step): boolean {
  return mayRepeat({ ...step, error: null }, { failed: false, resend: true });
}

async function reviveSteps({ id }: Request, asked: Asked, app: App): Promise<void> {
  const { host } = app;
  const ledger = await app.ledger();
  const holder: Holder = { token: host.newId(), process: host.process };
  const [taken] = await ledger.take([id], holder, host.clock.now());
  if (taken === undefined) return;
  // Read again: until it was taken, somebody else may have worked on it.
  const { requests } = await readVerified([id], ledger);
  const steps = requests.flatMap((each) => each.steps).filter((step) => mayRepeat(step, asked));
  if (steps.length > 0) await ledger.record(holder.token, revive(steps, asked, host.clock.now()));
  await ledger.release(holder);
}
