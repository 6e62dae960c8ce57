import { intend } from '../requests/intend.ts';
import type { Submission } from '../requests/outcome.ts';
import { submitted } from '../requests/submitted.ts';
import { learn, mayLeave } from './leave.ts';
import { type Job, type Work, moment, settle } from './work.ts';

/** Sends a planned step when its turn has come: the intent on disk first, the answer right after it. */
export async function submit(work: Work, job: Job): Promise<void> {
  const { step, provider } = job;
  if (!(await mayLeave(work, job, [step]))) return;
  const { call, change } = intend(step, job.call, `call_${work.newId()}`, work.clock.now());
  await settle(work, [job.step], change);
  const intended = { ...step, ...change.steps?.[0]?.patch };
  const answer = await provider.submit(
    { operation: step.operation, subjectIds: call.subjectIds, options: call.options },
    work.stop,
  );
  const retryAt = learn(work, job, answer);
  const sent = { ...job, step: intended, call };
  if (answer.kind === 'done') throw new Error(`${step.operation} was answered without a task`);
  const take = (own: Exclude<Submission, { kind: 'done' }>): Promise<void> =>
    settle(work, [sent.step], submitted(intended, call, own, moment(work), retryAt));
  if (answer.kind === 'absent' && step.operation !== 'export_feeds') {
    return take(await absence(work, sent, answer));
  }
  if (answer.kind !== 'accepted') return take(answer);
  // In turn: two answers with one task must not both be taken.
  return work.adopting(async () => take(await ownTask(work, sent, answer)));
}

/** An account that is refused as unknown and can be seen all the same is not absent. */
async function absence(
  work: Work,
  { step, provider }: Job,
  answer: Extract<Submission, { kind: 'absent' }>,
): Promise<Extract<Submission, { kind: 'absent' | 'refused' | 'unsent' }>> {
  const seen = await provider.lookup([step.subjectId], work.stop);
  // It was refused, so that asking once more does no harm.
  if (seen.kind !== 'found') return { kind: 'unsent', error: seen.error };
  if (seen.presence.get(step.subjectId)?.visible !== true) return answer;
  const message = `refused as unknown, and it can be seen: ${answer.error.message}`;
  return { kind: 'refused', error: { ...answer.error, code: 'refused', message, passing: true } };
}

/** A task that another person's call has would bring that person's file: it is not followed. */
async function ownTask(
  work: Work,
  { step }: Job,
  answer: Extract<Submission, { kind: 'accepted' }>,
): Promise<Extract<Submission, { kind: 'accepted' | 'refused' }>> {
  if (!(await work.ledger.isTaskOfAnother(step, answer.taskId))) return answer;
  const message = `the provider answered with task ${answer.taskId}, which it gave for another call before`;
  const facts = { passing: false, providerCode: null, httpStatus: null };
  return { kind: 'refused', error: { code: 'wrong_answer', message, ...facts } };
}
