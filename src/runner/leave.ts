import type { Submission } from '../requests/outcome.ts';
import type { Step } from '../requests/request.ts';
import { type Errand, type Work, settle } from './work.ts';

/**
 * Whether a call for these steps may leave now: the secret is there, and it is its turn under the
 * provider's limits. If not, that is taken note of.
 */
export async function mayLeave(
  work: Work,
  errand: Errand,
  steps: readonly Step[],
): Promise<boolean> {
  const { provider, epoch } = errand;
  const [first] = steps;
  if (first === undefined) return false;
  const locked = await provider.unlock();
  if (locked !== null) {
    if (work.health.denied(provider.name, epoch, locked)) provider.renewCredentials();
    return false;
  }
  const turnAt = provider.admit(first.operation);
  if (turnAt === null) return true;
  const at = work.clock.now();
  work.waits(provider.name, turnAt - at);
  const nextAt = Math.ceil(turnAt);
  await settle(work, steps, { at, steps: steps.map(({ id }) => ({ id, patch: { nextAt } })) });
  return false;
}

/** Takes note of what an answer says about the provider; the instant (ms) at which to try again. */
export function learn(work: Work, { provider, epoch, round }: Errand, answer: Submission): number {
  const { health } = work;
  const now = work.clock.now();
  switch (answer.kind) {
    case 'accepted':
    case 'done':
    case 'absent':
    case 'refused':
      health.well(provider.name);
      return now;
    case 'credentials':
      if (health.denied(provider.name, epoch, answer.error)) provider.renewCredentials();
      return now;
    case 'limited':
      return health.refused(provider.name, answer.error, answer.retryAt);
    case 'unsent':
      return work.stop.aborted ? now : health.missed(provider.name, round, answer.error);
    case 'unavailable':
    case 'lost':
      return health.missed(provider.name, round, answer.error);
  }
}
