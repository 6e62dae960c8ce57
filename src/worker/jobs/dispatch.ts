import type { StepState } from '../../requests/request.ts';
import { maySendAgain } from '../../requests/transitions/export-searched.ts';
import type { Job, WorkerContext } from '../context.ts';
import { checkTogether } from './check.ts';
import { collect } from './collect.ts';
import { lookUp } from './look-up.ts';
import { recover, resolve } from './reconcile-one.ts';
import { submit } from './send-one.ts';

/** What is done with a step in each state that has not ended. */
const MOVES: Readonly<
  Partial<Record<StepState, (work: WorkerContext, job: Job) => Promise<void>>>
> = {
  planned: (work, job) => (mustSearch(job) ? resolve(work, job) : submit(work, job)),
  intended: recover,
  in_doubt: resolve,
  accepted: (work, job) => checkTogether(work, { ...job, members: [job] }),
  reported: collect,
  no_data: lookUp,
};

/** Takes a step that is due as far as one exchange with its provider brings it. */
export async function advance(work: WorkerContext, job: Job): Promise<void> {
  const move = MOVES[job.step.state];
  if (move === undefined) {
    throw new Error(`step ${job.step.id} has ended as ${job.step.state} and is due`);
  }
  await move(work, job);
}

/** Sendbird has a list of what was asked: it is searched before a call in doubt is repeated. */
function mustSearch({ step, call }: Job): boolean {
  return call?.state === 'in_doubt' && step.provider === 'sendbird' && !maySendAgain(step);
}
