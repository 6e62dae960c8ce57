import { OPERATIONS, isDeletion, isExport } from '../../requests/operations.ts';
import type { Call, Step, StepError } from '../../requests/request.ts';
import { isAsHard } from '../../requests/stream-options.ts';
import type { Submission } from '../../requests/transitions/answers.ts';
import { type Change, ownError } from '../../requests/transitions/change.ts';
import { intend } from '../../requests/transitions/intended.ts';
import {
  absenceLooked,
  deletionRefused,
  isDoubtfulAbsence,
  onlyHidden,
  restoreDenied,
} from '../../requests/transitions/refused.ts';
import { sent } from '../../requests/transitions/sent.ts';
import {
  type Batch,
  type WorkerContext,
  isUnlocked,
  learn,
  moment,
  recordChange,
  stepsIn,
  unreachable,
} from '../context.ts';
import { ownerOf } from '../reservations.ts';
import { isHeldBack } from './reconcile.ts';
import { look } from './verify.ts';

/**
 * Sends planned steps in one call when its turn has come: the intent on disk first, the answer right
 * after it. One that may have been sent before is looked for first, or left to the operator.
 */
export async function send(work: WorkerContext, ready: Batch): Promise<void> {
  if (await isHeldBack(work, ready)) return;
  if (!(await isUnlocked(work, ready))) return;
  const batch = await withoutProtected(work, ready);
  const steps = stepsIn(batch);
  if (steps.length === 0) return;
  const { provider } = batch;
  const id = `call_${work.newId()}`;
  const { call, change } = intend(steps, batch.call, id, work.clock.now());
  await recordChange(work, steps, change);
  const { operation, subjectIds, options } = call;
  const answer = await provider.submit({ operation, subjectIds, options }, work.stop);
  const retryAt = learn(work, batch, answer);
  // Once more is once: a second fault in a row is left to a later run.
  if (answer.kind === 'unavailable' && steps.some(({ doubts }) => doubts > 0)) {
    work.breaker.giveUp(provider.name, answer.error);
  }
  const members = batch.members.map((member, index) => ({
    ...member,
    step: { ...member.step, ...change.steps?.[index]?.patch },
  }));
  await take(work, { ...batch, members, call }, { call, answer, retryAt });
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

interface Reply {
  call: Call;
  answer: Submission;
  retryAt: number;
}

async function take(work: WorkerContext, batch: Batch, reply: Reply): Promise<void> {
  const { call, answer, retryAt } = reply;
  const steps = stepsIn(batch);
  if (answer.kind === 'absent' || answer.kind === 'refused') {
    return takeRefusal(work, batch, reply, answer);
  }
  if (answer.kind === 'done' && isExport(call.operation)) {
    throw new Error(`${call.operation} was answered without a task`);
  }
  const write = (own: Submission): Promise<void> =>
    recordChange(work, steps, sent(steps, call, own, moment(work), retryAt));
  return answer.kind === 'accepted' ? takeTask(work, batch, call, answer, write) : write(answer);
}

/** A refusal that does not say who is there is settled by a look. */
async function takeRefusal(
  work: WorkerContext,
  batch: Batch,
  { call, retryAt }: Reply,
  answer: Extract<Submission, { kind: 'absent' | 'refused' }>,
): Promise<void> {
  const { error } = answer;
  const steps = stepsIn(batch);
  const only = steps.length === 1 ? steps[0] : undefined;
  const isRestore = OPERATIONS[call.operation].does === 'restore';
  // Stream refuses who is active and, as far as anybody knows ([U], docs/providers/stream.md 2.5),
  // who is unknown in the same words.
  if (answer.kind === 'refused' && isRestore && only !== undefined) {
    return byLook(work, batch, call, error, (visible) =>
      restoreDenied(steps, call, visible, error, work.clock.now()),
    );
  }
  // Only a look tells whether they are gone, and whether an earlier call had arrived.
  if (answer.kind === 'absent' && isDoubtfulAbsence(steps)) {
    return byLook(work, batch, call, error, (visible) =>
      absenceLooked(steps, call, visible, error, work.clock.now()),
    );
  }
  if (answer.kind === 'absent' && only !== undefined && (await wasOnlyHidden(work, only))) {
    return recordChange(work, steps, onlyHidden(only, call, error, work.clock.now()));
  }
  await recordChange(work, steps, sent(steps, call, answer, moment(work), retryAt));
}

/** Settles a refusal by what a look shows. Without one it is asked again: a refused call did nothing. */
async function byLook(
  work: WorkerContext,
  batch: Batch,
  call: Call,
  error: StepError,
  settled: (visible: ReadonlySet<string>) => Change,
): Promise<void> {
  const steps = stepsIn(batch);
  const seen = await look(work, batch);
  if (seen.kind === 'looked') return recordChange(work, steps, settled(seen.visible));
  if (seen.kind === 'not_checkable') return recordChange(work, steps, settled(new Set()));
  const refusal = { kind: 'unsent', error } as const;
  await recordChange(work, steps, sent(steps, call, refusal, moment(work), work.clock.now()));
  await unreachable(work, batch, steps, seen);
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
 * A task of another call would be read as the end of this one, or bring another person's file: it is
 * not followed. Claimed first: two answers with one task must not both be taken.
 */
async function takeTask(
  work: WorkerContext,
  { members }: Batch,
  call: Call,
  answer: Extract<Submission, { kind: 'accepted' }>,
  record: (own: Submission) => Promise<void>,
): Promise<void> {
  const { taskId } = answer;
  const { account } = call;
  const owner = ownerOf(call);
  const isOurs = work.reservations.take(account, taskId, owner);
  try {
    const isTaken = !isOurs || (await isOfAnother(work, call, members[0]?.step, taskId));
    await record(isTaken ? ofAnother(taskId) : answer);
  } finally {
    if (isOurs) work.reservations.release(account, taskId, owner);
  }
}

/** A person's export may be a task that this person has already; nobody else's, and no deletion's. */
async function isOfAnother(
  { ledger }: WorkerContext,
  { account, operation }: Call,
  step: Step | undefined,
  taskId: string,
): Promise<boolean> {
  if (isExport(operation) && step !== undefined) return ledger.isTaskOfAnother(step, taskId);
  return (await ledger.knownTasks(account, [taskId])).has(taskId);
}

function ofAnother(taskId: string): Submission {
  const message = `the provider answered with task ${taskId}, which it gave for another call before`;
  return { kind: 'refused', error: ownError('wrong_answer', message, false) };
}
