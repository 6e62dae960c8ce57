import { type Look, deletionLooked } from '../requests/deletion-looked.ts';
import { deletionReported } from '../requests/deletion-reported.ts';
import type { Sighting } from '../requests/outcome.ts';
import type { Step } from '../requests/request.ts';
import { stepsOf } from './batch.ts';
import { unreachable } from './reach.ts';
import { type Batch, type Work, moment, settle } from './work.ts';

/** Asks how far the task of a call that deletes is; the answer is for all of its steps. */
export async function checkTogether(work: Work, batch: Batch): Promise<void> {
  const { call, provider } = batch;
  const steps = stepsOf(batch);
  if (call?.taskId == null) throw new Error(`step ${steps[0]?.id ?? ''} has no task to ask about`);
  const { id, operation, taskId, subjectIds, options } = call;
  const running = { id, operation, taskId, subjectIds, options };
  const report = (await provider.check([running], work.stop)).get(id);
  if (report === undefined) throw new Error(`${provider.name} left out call ${id}`);
  if (report.kind === 'credentials' || report.kind === 'limited' || report.kind === 'unavailable') {
    await unreachable(work, batch, steps, report);
    return;
  }
  work.health.readWell(provider.name);
  await settle(work, steps, deletionReported(steps, call, report, moment(work)));
}

/** Looks again for those whose deletion, or return, the provider reported as done. */
export async function lookTogether(work: Work, batch: Batch): Promise<void> {
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
