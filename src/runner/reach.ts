import type { Unreachable } from '../requests/outcome.ts';
import type { Job, Work } from './work.ts';

/**
 * Takes note of a read that could not be made; the step stays as it is. A read that was broken off
 * because the run ends says nothing about the provider.
 */
export function unreachable(work: Work, job: Job, answer: Unreachable): void {
  if (work.stop.aborted) return;
  if (answer.kind !== 'credentials') {
    work.health.unreachable(job.provider.name, answer, job.begunAt);
    return;
  }
  if (work.health.denied(job.provider.name, job.epoch, answer.error))
    job.provider.renewCredentials();
}
