import { isExport } from '../../requests/operations.ts';
import type { Step } from '../../requests/request.ts';
import type { Sighting } from '../../requests/transitions/answers.ts';
import { type Look, verified } from '../../requests/transitions/verified.ts';
import {
  type Batch,
  type WorkerContext,
  moment,
  recordChange,
  stepsIn,
  unreachable,
} from '../context.ts';

/** Looks for those whose deletion, or return, the provider reported as done, or of whom it has no data. */
export async function verify(work: WorkerContext, batch: Batch): Promise<void> {
  const steps = stepsIn(batch);
  const answer = await look(work, batch);
  // Of an account that is only looked for, an answer that nobody can read says nothing.
  const isExported = steps.some(({ operation }) => isExport(operation));
  const lookOf = isExported && answer.kind !== 'looked' ? null : lookBy(answer);
  if (lookOf !== null) {
    work.breaker.readWell(batch.provider.name);
    await recordChange(work, steps, verified(batch.members, lookOf, moment(work)));
  } else if (answer.kind !== 'looked' && answer.kind !== 'not_checkable') {
    await unreachable(work, batch, steps, answer);
  }
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

/** Looks for what the steps of a batch delete or bring back; for an export, for the account. */
export async function look(
  { stop }: WorkerContext,
  { provider, members }: Pick<Batch, 'provider' | 'members'>,
): Promise<Sighting> {
  const [first] = members;
  if (first === undefined) throw new Error('a look for nobody');
  const { operation, options } = first.step;
  const subjectIds = members.map(({ step }) => step.subjectId);
  if (!isExport(operation)) return provider.look({ operation, subjectIds, options }, stop);
  const answer = await provider.lookup(subjectIds, stop);
  if (answer.kind !== 'found') return answer;
  const visible = subjectIds.filter((id) => answer.presence.get(id)?.visible === true);
  return { kind: 'looked', visible: new Set(visible) };
}

/** Who of a batch can be seen; null: the provider could not be asked, and that is noted. */
export async function visibleOf(
  work: WorkerContext,
  batch: Batch,
): Promise<ReadonlySet<string> | null> {
  const answer = await look(work, batch);
  if (answer.kind === 'looked') return answer.visible;
  const { error } = answer;
  const miss = answer.kind === 'not_checkable' ? { kind: 'unavailable' as const, error } : answer;
  await unreachable(work, batch, stepsIn(batch), miss);
  return null;
}
