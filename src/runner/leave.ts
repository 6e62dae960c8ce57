import type { Submission } from '../requests/outcome.ts';
import type { Errand, Shift } from './work.ts';

/** Whether a call may leave: the secret is there. If not, that is taken note of. Its turn it has had. */
export async function mayLeave(work: Shift, { provider, epoch }: Errand): Promise<boolean> {
  const locked = await provider.unlock();
  if (locked === null) return true;
  if (work.health.denied(provider.name, epoch, locked)) provider.renewCredentials();
  return false;
}

/** Takes note of what an answer says about the provider; the instant (ms) at which to try again. */
export function learn(work: Shift, { provider, epoch, round }: Errand, answer: Submission): number {
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
