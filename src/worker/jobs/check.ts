import type { DueStep } from '../../ledger/ledger.ts';
import type { Provider, RunningCall } from '../../providers/provider.ts';
import type { Call } from '../../requests/request.ts';
import { type TaskReport, isUnreachable } from '../../requests/transitions/answers.ts';
import { reported } from '../../requests/transitions/reported.ts';
import {
  type Attempt,
  type Batch,
  type WorkerContext,
  callOf,
  moment,
  recordChange,
  stepsIn,
  unreachable,
} from '../context.ts';

/** So many calls are recorded at once: they share a commit. */
const AT_ONCE = 100;

/**
 * Asks how far the tasks of calls are, in one go; `members` are the steps of each. Answers with how many of
 * their tasks run no more.
 */
export async function check(
  work: WorkerContext,
  attempt: Attempt,
  members: readonly (readonly DueStep[])[],
): Promise<number> {
  const { provider } = attempt;
  const batches = members.map((each) => ({ ...attempt, members: each, call: callOf(each) }));
  const reports = await reportsOn(provider, batches, work.stop);
  let ended = 0;
  const takeOne = async ([batch, report]: (typeof reports)[number]): Promise<void> => {
    if (report.kind === 'done' || report.kind === 'no_data') ended += 1;
    await take(work, batch, report);
  };
  for (let from = 0; from < reports.length; from += AT_ONCE) {
    const taken = reports.slice(from, from + AT_ONCE).map(takeOne);
    // All of them to their end: one that another process has taken over keeps no other back.
    await Promise.allSettled(taken);
    await Promise.all(taken);
  }
  return ended;
}

async function take(work: WorkerContext, batch: Batch, report: TaskReport): Promise<void> {
  const { call, provider } = batch;
  const steps = stepsIn(batch);
  if (call === null) throw new Error('a report about no call');
  if (isUnreachable(report)) return unreachable(work, batch, steps, report);
  work.breaker.readWell(provider.name);
  await recordChange(work, steps, reported(steps, call, report, moment(work)));
}

/** What a provider says about the tasks of calls, asked once for all of them. */
export async function reportsOn<Running extends { call: Call | null }>(
  provider: Provider,
  running: readonly Running[],
  signal: AbortSignal,
): Promise<readonly (readonly [Running, TaskReport])[]> {
  const calls = running.map(({ call }) => askedAbout(call));
  const reports = await provider.check(calls, signal);
  return running.map((each) => {
    const report = reports.get(each.call?.id ?? '');
    if (report === undefined) throw new Error(`${provider.name} left out call ${each.call?.id}`);
    return [each, report];
  });
}

/** A call as its provider is asked about it. */
export function askedAbout(call: Call | null): RunningCall {
  if (call?.taskId == null) throw new Error(`call ${call?.id ?? ''} has no task to ask about`);
  const { id, operation, taskId, subjectIds, options } = call;
  return { id, operation, taskId, subjectIds, options };
}
