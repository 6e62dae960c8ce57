import type { RunningCall } from '../providers/provider.ts';
import { noDataSettled } from '../requests/looked-up.ts';
import { reported } from '../requests/reported.ts';
import { unreachable } from './reach.ts';
import { type Job, type Work, moment, settle } from './work.ts';

/** Asks how far the task of a step is. */
export async function check(work: Work, job: Job): Promise<void> {
  const { step, provider } = job;
  const { running, call } = runningCall(job);
  const report = (await provider.check([running], work.stop)).get(running.id);
  if (report === undefined) throw new Error(`${provider.name} left out call ${running.id}`);
  if (report.kind === 'credentials' || report.kind === 'limited' || report.kind === 'unavailable') {
    await unreachable(work, job, [job.step], report);
    return;
  }
  work.health.readWell(provider.name);
  await settle(work, [job.step], reported(step, call, report, moment(work)));
}

/** Settles an access that ended as `no_data` by looking for the account. */
export async function lookUp(work: Work, job: Job): Promise<void> {
  const visible = await isVisible(work, job);
  if (visible === null) return;
  await settle(work, [job.step], noDataSettled(job.step, visible, work.clock.now()));
}

/** Whether the subject's account can be seen; null when the provider could not be asked. */
export async function isVisible(work: Work, job: Job): Promise<boolean | null> {
  const answer = await job.provider.lookup([job.step.subjectId], work.stop);
  if (answer.kind !== 'found') {
    await unreachable(work, job, [job.step], answer);
    return null;
  }
  return answer.presence.get(job.step.subjectId)?.visible ?? false;
}

/** The call of a step whose task is known, as the provider is asked about it. */
export function runningCall({ step, call }: Job): {
  running: RunningCall;
  call: NonNullable<Job['call']>;
} {
  if (call?.taskId == null) throw new Error(`step ${step.id} has no task to ask about`);
  const { id, operation, taskId, subjectIds, options } = call;
  return { running: { id, operation, taskId, subjectIds, options }, call };
}
