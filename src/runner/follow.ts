import type { DueStep } from '../ledger/ledger.ts';
import { type Look, deletionLooked } from '../requests/deletion-looked.ts';
import type { Sighting, TaskReport } from '../requests/outcome.ts';
import type { Step } from '../requests/request.ts';
import { told } from '../requests/task-news.ts';
import { askedAbout } from './asked-about.ts';
import { callOf, stepsOf } from './batch.ts';
import { unreachable } from './reach.ts';
import { type Batch, type Errand, type Shift, moment, settle } from './work.ts';

/** So many calls are recorded at once: they share a commit. */
const AT_ONCE = 100;

/** Asks how far the task of a call is; the answer is for all of its steps. */
export async function checkTogether(work: Shift, batch: Batch): Promise<void> {
  await sweep(work, batch, [batch.members]);
}

/**
 * Asks how far many calls are, in one go; `members` are the steps of each. Answers with how many of
 * their tasks run no more.
 */
export async function sweep(
  work: Shift,
  errand: Errand,
  members: readonly (readonly DueStep[])[],
): Promise<number> {
  const { provider } = errand;
  const batches = members.map((each) => ({ ...errand, members: each, call: callOf(each) }));
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

async function take(work: Shift, batch: Batch, report: TaskReport): Promise<void> {
  const { call, provider } = batch;
  const steps = stepsOf(batch);
  if (call === null) throw new Error('a report about no call');
  if (report.kind === 'credentials' || report.kind === 'limited' || report.kind === 'unavailable') {
    await unreachable(work, batch, steps, report);
    return;
  }
  work.health.readWell(provider.name);
  await settle(work, steps, told(steps, call, report, moment(work)));
}

/** Looks again for those whose deletion, or return, the provider reported as done. */
export async function lookTogether(work: Shift, batch: Batch): Promise<void> {
  const { members, provider } = batch;
  const steps = stepsOf(batch);
  const [first] = steps;
  if (first === undefined) return;
  const { operation, options } = first;
  const subjectIds = steps.map(({ subjectId }) => subjectId);
  const answer = await provider.look({ operation, subjectIds, options }, work.stop);
  const lookOf = lookBy(answer);
  if (lookOf !== null) {
    work.health.readWell(provider.name);
    await settle(work, steps, deletionLooked(members, lookOf, moment(work)));
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
