import { onlyHidden } from '../requests/deletion-absent.ts';
import { deletionIntended } from '../requests/deletion-intended.ts';
import { deletionRefused } from '../requests/deletion-refused.ts';
import { deletionSent, isDoubtfulAbsence, isTooOld, left } from '../requests/deletion-sent.ts';
import { isAsHard } from '../requests/hardness.ts';
import { isDeletion } from '../requests/operations.ts';
import type { Submission } from '../requests/outcome.ts';
import type { Call, Step, StepError } from '../requests/request.ts';
import { SEARCHES } from '../requests/searched.ts';
import { stepsOf } from './batch.ts';
import { learn, mayLeave } from './leave.ts';
import { seekCall, seekRestored } from './doubt.ts';
import { absentAndSeen, restoreRefused } from './refusals.ts';
import { type Batch, type Shift, moment, settle } from './work.ts';

/**
 * Sends planned steps of a deletion or restore in one call: the intent on disk first, the answer
 * right after it. One that may have been sent before is looked for first, or left to the operator.
 */
export async function sendTogether(work: Shift, ready: Batch): Promise<void> {
  if (await isHeldBack(work, ready, stepsOf(ready))) return;
  if (!(await mayLeave(work, ready))) return;
  const batch = await withoutProtected(work, ready);
  const steps = stepsOf(batch);
  if (steps.length === 0) return;
  const { provider } = batch;
  const id = `call_${work.newId()}`;
  const { call, change } = deletionIntended(steps, batch.call, id, work.clock.now());
  await settle(work, steps, change);
  const intended = steps.map((step, index) => ({ ...step, ...change.steps?.[index]?.patch }));
  const answer = await provider.submit(
    { operation: call.operation, subjectIds: call.subjectIds, options: call.options },
    work.stop,
  );
  const retryAt = learn(work, batch, answer);
  // Once more is once: a second fault in a row is left to a later run.
  if (answer.kind === 'unavailable' && steps.some(({ doubts }) => doubts > 0)) {
    work.health.giveUp(provider.name, answer.error);
  }
  await take(work, { ...batch, call }, intended, { call, answer, retryAt });
}

/** Those of a batch whom the profile does not protect by now; the deletions of the others do not leave. */
async function withoutProtected(work: Shift, batch: Batch): Promise<Batch> {
  const refused = batch.members.flatMap(({ step, subject }) => {
    const why = isDeletion(step.operation) ? work.protection(subject) : null;
    return why === null ? [] : [{ step, why }];
  });
  if (refused.length === 0) return batch;
  const steps = refused.map(({ step }) => step);
  await settle(work, steps, deletionRefused(refused, work.clock.now()));
  return { ...batch, members: batch.members.filter(({ step }) => !steps.includes(step)) };
}

/** What must happen before a step that is in doubt goes out again, and was seen to. */
async function isHeldBack(work: Shift, batch: Batch, steps: readonly Step[]): Promise<boolean> {
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
  await settle(work, steps, { at, steps: steps.map(({ id }) => ({ id, patch: left() })) });
  return true;
}

interface Reply {
  call: Call;
  answer: Submission;
  retryAt: number;
}

async function take(
  work: Shift,
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
    return settle(work, steps, onlyHidden(only, call, answer.error, work.clock.now()));
  }
  const write = (own: Submission): Promise<void> =>
    settle(work, steps, deletionSent(steps, call, own, moment(work), retryAt));
  if (answer.kind !== 'accepted') return write(answer);
  return takeTask(work, call, answer, write);
}

/** Whether the erase that came before was not as hard as this one: hidden people are unknown too. */
async function wasOnlyHidden({ ledger }: Shift, step: Step): Promise<boolean> {
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
  work: Shift,
  { account, id }: Call,
  answer: Extract<Submission, { kind: 'accepted' }>,
  record: (own: Submission) => Promise<void>,
): Promise<void> {
  const { taskId } = answer;
  const isOurs = work.claims.take(account, taskId, id);
  try {
    const isTaken = !isOurs || (await work.ledger.knownTasks(account, [taskId])).has(taskId);
    await record(isTaken ? ofAnother(taskId) : answer);
  } finally {
    if (isOurs) work.claims.release(account, taskId, id);
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
