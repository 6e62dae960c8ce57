import type { Submission } from '../../requests/transitions/answers.ts';
import { submitted } from '../../requests/transitions/export-sent.ts';
import { intend } from '../../requests/transitions/intended.ts';
import { type Job, type WorkerContext, moment, recordChange } from '../context.ts';
import { learn, isUnlocked } from '../preflight.ts';

/** Sends a planned step when its turn has come: the intent on disk first, the answer right after it. */
export async function submit(work: WorkerContext, job: Job): Promise<void> {
  const { step, provider } = job;
  if (!(await isUnlocked(work, job))) return;
  const { call, change } = intend(step, job.call, `call_${work.newId()}`, work.clock.now());
  await recordChange(work, [job.step], change);
  const intended = { ...step, ...change.steps?.[0]?.patch };
  const answer = await provider.submit(
    { operation: step.operation, subjectIds: call.subjectIds, options: call.options },
    work.stop,
  );
  const retryAt = learn(work, job, answer);
  const sent = { ...job, step: intended, call };
  if (answer.kind === 'done') throw new Error(`${step.operation} was answered without a task`);
  const take = (own: Exclude<Submission, { kind: 'done' }>): Promise<void> =>
    recordChange(work, [sent.step], submitted(intended, call, own, moment(work), retryAt));
  if (answer.kind === 'absent' && step.operation !== 'export_feeds') {
    return take(await absence(work, sent, answer));
  }
  if (answer.kind !== 'accepted') return take(answer);
  return takeTask(work, sent, answer, take);
}

/** An account that is refused as unknown and can be seen all the same is not absent. */
async function absence(
  work: WorkerContext,
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

type Accepted = Extract<Submission, { kind: 'accepted' }>;

/**
 * A task that another person's call has would bring that person's file: it is not followed. Claimed
 * first: two answers with one task must not both be taken.
 */
async function takeTask(
  work: WorkerContext,
  { step }: Job,
  answer: Accepted,
  record: (own: Extract<Submission, { kind: 'accepted' | 'refused' }>) => Promise<void>,
): Promise<void> {
  const { account, operation, subjectId } = step;
  const owner = JSON.stringify([operation, subjectId]);
  const isOurs = work.reservations.take(account, answer.taskId, owner);
  try {
    const isTaken = !isOurs || (await work.ledger.isTaskOfAnother(step, answer.taskId));
    await record(isTaken ? ofAnother(answer) : answer);
  } finally {
    if (isOurs) work.reservations.release(account, answer.taskId, owner);
  }
}

function ofAnother(answer: Accepted): Extract<Submission, { kind: 'refused' }> {
  const message = `the provider answered with task ${answer.taskId}, which it gave for another call before`;
  const facts = { passing: false, providerCode: null, httpStatus: null };
  return { kind: 'refused', error: { code: 'wrong_answer', message, ...facts } };
}
