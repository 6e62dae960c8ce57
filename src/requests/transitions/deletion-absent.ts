import type { Call, Step, StepError } from '../request.ts';
import type { Change } from './change.ts';
import { arrived, deletionSent } from './deletion-sent.ts';
import { failed } from './failed.ts';

/**
 * What a deletion that was refused because somebody is unknown makes of its steps, once a look has
 * shown who of them is `visible`. A call that is sent once more and finds nobody of those who were
 * there has been preceded by the first one: all of it counts as reported (docs/spec.md 4). One
 * subject that is refused as unknown and can be seen all the same is not gone: its step fails.
 */
export function deletionAbsent(
  steps: readonly Step[],
  call: Call,
  visible: ReadonlySet<string>,
  error: StepError,
  at: number,
): Change {
  const isVisible = ({ subjectId }: Step): boolean => visible.has(subjectId);
  const callPatches = [{ id: call.id, patch: { state: 'refused' as const, answeredAt: at } }];
  if (steps.every(({ doubts }) => doubts > 0) && !steps.some(isVisible)) {
    return { at, callPatches, steps: steps.map(({ id }) => ({ id, patch: arrived() })) };
  }
  const [only, ...others] = steps;
  if (only !== undefined && others.length === 0 && isVisible(only)) {
    const message = `refused as unknown, and it can be seen: ${error.message}`;
    const refusal = { ...error, code: 'refused', message, passing: false };
    return { at, callPatches, steps: [{ id: only.id, patch: failed(only, refusal, at) }] };
  }
  const moment = { at, random: 0, pollInterval: 0 };
  return deletionSent(steps, call, { kind: 'absent', error }, moment, at);
}

/**
 * A deletion that was refused because the subject is unknown, after an earlier erase that was not as
 * hard: hidden is not gone, and nothing says that it went since.
 */
export function onlyHidden(step: Step, call: Call, error: StepError, at: number): Change {
  const message = `${step.earlier} was not as hard as this erase, and now Stream refuses the user as unknown: ${error.message}`;
  const refusal = { ...error, code: 'refused', message, passing: false };
  return {
    at,
    callPatches: [{ id: call.id, patch: { state: 'refused', answeredAt: at } }],
    steps: [{ id: step.id, patch: { ...failed(step, refusal, at), batch: null } }],
  };
}
