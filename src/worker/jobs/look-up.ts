import { noDataSettled } from '../../requests/transitions/looked-up.ts';
import { type Job, type WorkerContext, recordChange } from '../context.ts';
import { unreachable } from '../preflight.ts';

/** Settles an access that ended as `no_data` by looking for the account. */
export async function lookUp(work: WorkerContext, job: Job): Promise<void> {
  const visible = await isVisible(work, job);
  if (visible === null) return;
  await recordChange(work, [job.step], noDataSettled(job.step, visible, work.clock.now()));
}

/** Whether the subject's account can be seen; null when the provider could not be asked. */
export async function isVisible(work: WorkerContext, job: Job): Promise<boolean | null> {
  const answer = await job.provider.lookup([job.step.subjectId], work.stop);
  if (answer.kind !== 'found') {
    await unreachable(work, job, [job.step], answer);
    return null;
  }
  return answer.presence.get(job.step.subjectId)?.visible ?? false;
}
