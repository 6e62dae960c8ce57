import type { Unreachable } from '../requests/outcome.ts';
import { type Job, type Work, settle } from './work.ts';

/**
 * Takes note of a read that could not be made; the step waits and stays as it is. A read that was broken off
 * because the run ends says nothing about the provider.
 */
export async function unreachable(work: Work, job: Job, answer: Unreachable): Promise<void> {
  if (work.stop.aborted) return;
  if (answer.kind !== 'credentials') {
    const { name } = job.provider;
    const nextAt = work.health.unreachable(name, answer, job.begunAt, job.step.requestId);
    await settle(work, job, {
      at: work.clock.now(),
      steps: [{ id: job.step.id, patch: { nextAt } }],
    });
    return;
  }
  if (work.health.denied(job.provider.name, job.epoch, answer.error))
    job.provider.renewCredentials();
}
