import type { Step } from '../requests/request.ts';
import type { Submission, Unreachable } from '../requests/transitions/answers.ts';
import { changeSteps } from '../requests/transitions/change.ts';
import { type Attempt, type WorkerContext, recordChange } from './context.ts';

/** Whether a call may leave: the secret is there. If not, that is taken note of. Its turn it has had. */
export async function isUnlocked(
  work: WorkerContext,
  { provider, epoch }: Attempt,
): Promise<boolean> {
  const locked = await provider.unlock();
  if (locked === null) return true;
  if (work.breaker.denied(provider.name, epoch, locked)) provider.renewCredentials();
  return false;
}

/** Takes note of what an answer says about the provider; the instant (ms) at which to try again. */
export function learn(
  work: WorkerContext,
  { provider, epoch, round }: Attempt,
  answer: Submission,
): number {
  const { breaker } = work;
  const now = work.clock.now();
  switch (answer.kind) {
    case 'accepted':
    case 'done':
    case 'absent':
    case 'refused':
      breaker.well(provider.name);
      return now;
    case 'credentials':
      if (breaker.denied(provider.name, epoch, answer.error)) provider.renewCredentials();
      return now;
    case 'limited':
      return breaker.refused(provider.name, answer.error, answer.retryAt);
    case 'unsent':
      return work.stop.aborted ? now : breaker.missed(provider.name, round, answer.error);
    case 'unavailable':
    case 'lost':
      return breaker.missed(provider.name, round, answer.error);
  }
}

/**
 * Takes note of a read that could not be made; the steps wait and stay as they are. A read that was
 * broken off because the run ends says nothing about the provider.
 */
export async function unreachable(
  work: WorkerContext,
  { provider, epoch, begunAt }: Attempt,
  steps: readonly Step[],
  answer: Unreachable,
): Promise<void> {
  if (work.stop.aborted) return;
  const [first] = steps;
  if (answer.kind !== 'credentials' && first !== undefined) {
    const nextAt = work.breaker.unreachable(provider.name, answer, begunAt, first.requestId);
    return recordChange(
      work,
      steps,
      changeSteps(work.clock.now(), steps, () => ({ nextAt })),
    );
  }
  if (work.breaker.denied(provider.name, epoch, answer.error)) provider.renewCredentials();
}
