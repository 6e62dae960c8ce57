import type { DueStep } from '../../ledger/ledger.ts';
import type { RunningCall } from '../../providers/provider.ts';
import type { Call, Step } from '../../requests/request.ts';
import type { Sighting, TaskReport } from '../../requests/transitions/answers.ts';
import { type Look, deletionLooked } from '../../requests/transitions/deletion-looked.ts';
import { taskReported } from '../../requests/transitions/task-reported.ts';
import { callOf, stepsOf } from '../batch.ts';
import { type Batch, type Attempt, type WorkerContext, moment, recordChange } from '../context.ts';
import { unreachable } from '../preflight.ts';

/** So many calls are recorded at once: they share a commit. */
const AT_ONCE = 100;

/** Asks how far the task of a call is; the answer is for all of its steps. */
export async function checkTogether(work: WorkerContext, batch: Batch): Promise<void> {
  await sweep(work, batch, [batch.members]);
}

/**
 * Asks how far many calls are, in one go; `members` are the steps of each. Answers with how many of
 * their tasks run no more.
 */
export async function sweep(
  work: WorkerContext,
  attempt: Attempt,
  members: readonly (readonly DueStep[])[],
): Promise<number> {
  const { provider } = attempt;
  const batches = members.map((each) => ({ ...attempt, members: each, call: callOf(each) }));
  const reports = await provider.check(
    batches.map(({ call }) => askedAbout(call)),
    work.stop,
  );
  let ended = 0;
  const takeOne = async (batch: Batch): Promise<void> => {
    const id = batch.call?.id ?? '';
    const report = reports.get(id);
    if (report === undefined) throw new Error(`${provider.name} left out call ${id}`);
    if (report.kind === 'done' || report.kind === 'no_data') ended += 1;
    await take(work, batch, report);
  };
  for (let from = 0; from < batches.length; from += AT_ONCE) {
    const taken = batches.slice(from, from + AT_ONCE).map(takeOne);
    // All of them to their end: one that another process has taken over keeps no other back.
    await Promise.allSettled(taken);
    await Promise.all(taken);
  }
  return ended;
}

async function take(work: WorkerContext, batch: Batch, report: TaskReport): Promise<void> {
  const { call, provider } = batch;
  const steps = stepsOf(batch);
  if (call === null) throw new Error('a report about no call');
  if (report.kind === 'credentials' || report.kind === 'limited' || report.kind === 'unavailable') {
    await unreachable(work, batch, steps, report);
    return;
  }
  work.breaker.readWell(provider.name);
  await recordChange(work, steps, taskReported(steps, call, report, moment(work)));
}

/** Looks again for those whose deletion, or return, the provider reported as done. */
export async function lookTogether(work: WorkerContext, batch: Batch): Promise<void> {
  const { members, provider } = batch;
  const steps = stepsOf(batch);
  const [first] = steps;
  if (first === undefined) return;
  const { operation, options } = first;
  const subjectIds = steps.map(({ subjectId }) => subjectId);
  const answer = await provider.look({ operation, subjectIds, options }, work.stop);
  const lookOf = lookBy(answer);
  if (lookOf !== null) {
    work.breaker.readWell(provider.name);
    await recordChange(work, steps, deletionLooked(members, lookOf, moment(work)));
    return;
  }
  if (answer.kind === 'looked' || answer.kind === 'not_checkable') return;
  await unreachable(work, batch, steps, answer);
}

/** What an answer says about each step; null: the provider was not reached. */
function lookBy(answer: Sighting): ((step: Step) => Look) | null {
  if (answer.kind === 'looked') {
    return ({ subjectId }) => (answer.visible.has(subjectId) ? 'visible' : 'not_visible');
  }
  if (answer.kind === 'not_checkable') return () => 'not_checkable';
  const isUnreadable = answer.kind === 'unavailable' && answer.error.code === 'unreadable_answer';
  return isUnreadable ? () => 'unreadable' : null;
}

/** A call as its provider is asked about it. */
export function askedAbout(call: Call | null): RunningCall {
  if (call?.taskId == null) throw new Error(`call ${call?.id ?? ''} has no task to ask about`);
  const { id, operation, taskId, subjectIds, options } = call;
  return { id, operation, taskId, subjectIds, options };
}
