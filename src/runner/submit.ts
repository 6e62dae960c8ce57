import { intend } from '../requests/intend.ts';
import type { Submission } from '../requests/outcome.ts';
import { submitted } from '../requests/submitted.ts';
import { type Job, type Work, moment, settle } from './work.ts';

/** Sends a planned step when its turn has come: the intent on disk first, the answer right after it. */
export async function submit(work: Work, job: Job): Promise<void> {
  const { step, provider } = job;
  const locked = await provider.unlock();
  if (locked !== null) {
    if (work.health.denied(provider.name, job.epoch, locked)) provider.renewCredentials();
    return;
  }
  const turnAt = provider.admit(step.operation);
  if (turnAt !== null) {
    const at = work.clock.now();
    work.waits(provider.name, turnAt - at);
    await settle(work, job, { at, steps: [{ id: step.id, patch: { nextAt: Math.ceil(turnAt) } }] });
    return;
  }
  const { call, change } = intend(step, job.call, `call_${work.newId()}`, work.clock.now());
  await settle(work, job, change);
  const intended = { ...step, ...change.steps?.[0]?.patch };
  const answer = await provider.submit(
    { operation: step.operation, subjectIds: call.subjectIds, options: call.options },
    work.stop,
  );
  const retryAt = learn(work, job, answer);
  const sent = { ...job, step: intended, call };
  const take = (own: Submission): Promise<void> =>
    settle(work, sent, submitted(intended, call, own, moment(work), retryAt));
  if (answer.kind !== 'accepted') return take(answer);
  // In turn: two answers with one task must not both be taken.
  return work.adopting(async () => take(await ownTask(work, sent, answer)));
}

/** A task that another person's call has would bring that person's file: it is not followed. */
async function ownTask(
  work: Work,
  { step }: Job,
  answer: Extract<Submission, { kind: 'accepted' }>,
): Promise<Submission> {
  if (!(await work.ledger.isTaskOfAnother(step, answer.taskId))) return answer;
  const message = `the provider answered with task ${answer.taskId}, which it gave for another call before`;
  const facts = { passing: false, providerCode: null, httpStatus: null };
  return { kind: 'refused', error: { code: 'wrong_answer', message, ...facts } };
}

/** Takes note of what the answer says about the provider; the instant at which to try again. */
function learn(work: Work, { provider, epoch, round }: Job, answer: Submission): number {
  const { health } = work;
  const now = work.clock.now();
  switch (answer.kind) {
    case 'accepted':
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
