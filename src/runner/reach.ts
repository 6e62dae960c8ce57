import type { Unreachable } from '../requests/outcome.ts';
import type { Step } from '../requests/request.ts';
import { type Errand, type Shift, settle } from './work.ts';

/**
 * Takes note of a read that could not be made; the steps wait and stay as they are. A read that was
 * broken off because the run ends says nothing about the provider.
 */
export async function unreachable(
  work: Shift,
  { provider, epoch, begunAt }: Errand,
  steps: readonly Step[],
  answer: Unreachable,
): Promise<void> {
  if (work.stop.aborted) return;
  const [first] = steps;
  if (answer.kind !== 'credentials' && first !== undefined) {
    const nextAt = work.health.unreachable(provider.name, answer, begunAt, first.requestId);
    await settle(work, steps, {
      at: work.clock.now(),
      steps: steps.map(({ id }) => ({ id, patch: { nextAt } })),
    });
    return;
  }
  if (work.health.denied(provider.name, epoch, answer.error)) provider.renewCredentials();
}
