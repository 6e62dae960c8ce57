import type { Call } from '../../requests/request.ts';
import type { FoundTask } from '../../requests/transitions/answers.ts';
import { SEARCH_BACK, searched } from '../../requests/transitions/export-searched.ts';
import { doubted } from '../../requests/transitions/export-sent.ts';
import { type Job, type WorkerContext, moment, recordChange } from '../context.ts';
import { unreachable } from '../preflight.ts';
import { adopting } from '../reservations.ts';

/** A call that a process began and did not live to see answered. */
export async function recover(work: WorkerContext, job: Job): Promise<void> {
  if (job.call === null) throw new Error(`step ${job.step.id} is intended and has no call`);
  const now = work.clock.now();
  await recordChange(work, [job.step], doubted(job.step, job.call, now, now));
}

/** Looks in the provider's list for what a call in doubt may have started, and adopts it. */
export async function resolve(work: WorkerContext, job: Job): Promise<void> {
  const { step, call, provider } = job;
  if (call === null) throw new Error(`step ${step.id} is in doubt and has no call`);
  const answer = await provider.search(
    { operation: step.operation, subjectIds: call.subjectIds, options: call.options },
    call.intendedAt - SEARCH_BACK,
    work.stop,
  );
  switch (answer.kind) {
    case 'listed':
      // In turn: two steps that look for the same person must not adopt the same task.
      await work.adopting(() => adopt(work, job, call, answer.tasks));
      return;
    case 'unsearchable':
      throw new Error(`${provider.name} has no list to search for ${step.operation}`);
    case 'credentials':
    case 'limited':
    case 'unavailable':
      await unreachable(work, job, [job.step], answer);
  }
}

function adopt(
  work: WorkerContext,
  job: Job,
  call: Call,
  tasks: readonly FoundTask[],
): Promise<void> {
  const { account, operation, subjectId } = job.step;
  const owner = JSON.stringify([operation, subjectId]);
  const id = `call_${work.newId()}`;
  return adopting(work, { account, tasks, owner }, (unknown) =>
    recordChange(work, [job.step], searched(job.step, call, unknown, id, moment(work))),
  );
}
