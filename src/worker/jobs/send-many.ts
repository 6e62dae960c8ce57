import { isDeletion } from '../../requests/operations.ts';
import { isAsHard } from '../../requests/past-erasures.ts';
import type { Call, Step, StepError } from '../../requests/request.ts';
import type { Submission } from '../../requests/transitions/answers.ts';
import { onlyHidden } from '../../requests/transitions/deletion-absent.ts';
import {
  deletionSent,
  isDoubtfulAbsence,
  isTooOld,
  left,
} from '../../requests/transitions/deletion-sent.ts';
import { SEARCHES } from '../../requests/transitions/export-searched.ts';
import { deletionIntended } from '../../requests/transitions/intended.ts';
import { deletionRefused } from '../../requests/transitions/refused.ts';
import { stepsOf } from '../batch.ts';
import { type Batch, type WorkerContext, moment, recordChange } from '../context.ts';
import { learn, isUnlocked } from '../preflight.ts';
import { seekCall, seekRestored } from './reconcile-many.ts';
import { absentAndSeen, restoreRefused } from './refused.ts';

/**
 * Sends planned steps of a deletion or restore in one call: the intent on disk first, the answer
 * right after it. One that may have been sent before is looked for first, or left to the operator.
 */
export async function sendTogether(work: WorkerContext, ready: Batch): Promise<void> {
  if (await isHeldBack(work, ready, stepsOf(ready))) return;
  if (!(await isUnlocked(work, ready))) return;
  const batch = await withoutProtected(work, ready);
  const steps = stepsOf(batch);
  if (steps.length === 0) return;
  const { provider } = batch;
  const id = `call_${work.newId()}`;
  const { call, change } = deletionIntended(steps, batch.call, id, work.clock.now());
  await recordChange(work, steps, change);
  const intended = steps.map((step, index) => ({ ...step, ...change.steps?.[index]?.patch }));
  const answer = await provider.submit(
    { operation: call.operation, subjectIds: call.subjectIds, options: call.options },
    work.stop,
  );
  const retryAt = learn(work, batch, answer);
  // Once more is once: a second fault in a row is left to a later run.
  if (answer.kind === 'unavailable' && steps.some(({ doubts }) => doubts > 0)) {
    work.breaker.giveUp(provider.name, answer.error);
  }
  await take(work, { ...batch, call }, intended, { call, answer, retryAt });
}

/** Those of a batch whom the profile does not protect by now; the deletions of the others do not leave. */
async function withoutProtected(work: WorkerContext, batch: Batch): Promise<Batch> {
  const refused = batch.members.flatMap(({ step, subject }) => {
    const why = isDeletion(step.operation) ? work.protection(subject) : null;
    return why === null ? [] : [{ step, why }];
  });
  if (refused.length === 0) return batch;
  const steps = refused.map(({ step }) => step);
  await recordChange(work, steps, deletionRefused(refused, work.clock.now()));
  return { ...batch, members: batch.members.filter(({ step }) => !steps.includes(step)) };
}

/** What must happen before a step that is in doubt goes out again, and was seen to. */
async function isHeldBack(
  work: WorkerContext,
  batch: Batch,
  steps: readonly Step[],
): Promise<boolean> {
  const doubtful = steps.some(({ doubts }) => doubts > 0);
  const [first] = steps;
  if (!doubtful || first === undefined) return false;
  if (first.operation === 'restore_users') return seekRestored(work, batch);
  if (first.operation === 'delete') {
    const searched = steps.every(({ tries }) => tries >= SEARCHES);
    if (searched && !steps.some((step) => isTooOld(step, work.clock.now()))) return false;
    await seekCall(work, batch);
    return true;
  }
  const at = work.clock.now();
  if (!steps.some((step) => isTooOld(step, at))) return false;
  await recordChange(work, steps, { at, steps: steps.map(({ id }) => ({ id, patch: left() })) });
  return true;
}

interface Reply {
  call: Call;
  answer: Submission;
  retryAt: number;
}

async function take(
  work: WorkerContext,
  batch: Batch,
  steps: readonly Step[],
  { call, answer, retryAt }: Reply,
): Promise<void> {
  const isOne = steps.length === 1;
  const isRestore = call.operation === 'restore_users';
  if (answer.kind === 'refused' && isRestore && isOne) {
    return restoreRefused(work, batch, steps, call, answer.error);
  }
  if (answer.kind === 'absent' && !isRestore && isDoubtfulAbsence(steps)) {
    return absentAndSeen(work, batch, steps, call, answer.error);
  }
  const [only] = steps;
  if (
    answer.kind === 'absent' &&
    isOne &&
    only !== undefined &&
    (await wasOnlyHidden(work, only))
  ) {
    return recordChange(work, steps, onlyHidden(only, call, answer.error, work.clock.now()));
  }
  const write = (own: Submission): Promise<void> =>
    recordChange(work, steps, deletionSent(steps, call, own, moment(work), retryAt));
  if (answer.kind !== 'accepted') return write(answer);
  return takeTask(work, call, answer, write);
}

/** Whether the erase that came before was not as hard as this one: hidden people are unknown too. */
async function wasOnlyHidden({ ledger }: WorkerContext, step: Step): Promise<boolean> {
  const { account, operation, subjectId, options } = step;
  if (step.earlier === null || step.doubts > 0 || step.acceptedAt !== null) return false;
  const past = await ledger.erasures(account, [subjectId]);
  return !past.some(
    (each) => each.operation === operation && isAsHard(operation, each.options, options),
  );
}

/**
 * A task of another call would be read as the end of this one: it is not followed. Claimed first:
 * two answers with one task must not both be taken.
 */
async function takeTask(
  work: WorkerContext,
  { account, id }: Call,
  answer: Extract<Submission, { kind: 'accepted' }>,
  record: (own: Submission) => Promise<void>,
): Promise<void> {
  const { taskId } = answer;
  const isOurs = work.reservations.take(account, taskId, id);
  try {
    const isTaken = !isOurs || (await work.ledger.knownTasks(account, [taskId])).has(taskId);
    await record(isTaken ? ofAnother(taskId) : answer);
  } finally {
    if (isOurs) work.reservations.release(account, taskId, id);
  }
}

function ofAnother(taskId: string): Submission {
  const error: StepError = {
    code: 'wrong_answer',
    message: `the provider answered with task ${taskId}, which it gave for another call before`,
    passing: false,
    providerCode: null,
    httpStatus: null,
  };
  return { kind: 'refused', error };
}
