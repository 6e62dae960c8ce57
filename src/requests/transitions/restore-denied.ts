import type { Call, Step, StepError } from '../request.ts';
import type { Change, StepPatch } from './change.ts';
import { failed } from './failed.ts';

const INPUT = 4;

/** What a restore that Stream refused makes of its steps, once a look has shown who is `visible`. */
export function restoreDenied(
  steps: readonly Step[],
  call: Call,
  visible: ReadonlySet<string>,
  error: StepError,
  at: number,
): Change {
  return {
    at,
    steps: steps.map((step) => ({
      id: step.id,
      patch: { batch: null, ...patchFor(step, visible.has(step.subjectId), error, at) },
    })),
    callPatches: [{ id: call.id, patch: { state: 'refused', answeredAt: at } }],
  };
}

function patchFor(step: Step, visible: boolean, error: StepError, at: number): StepPatch {
  const ended = { error: null, nextAt: null, finishedAt: at, lookedAt: at };
  if (visible && step.doubts > 0) return { ...ended, state: 'succeeded', after: 'visible' };
  if (visible) {
    const note = 'the account is active: there is nothing to bring back';
    return { ...ended, state: 'already_active', note, after: 'visible' };
  }
  if (error.providerCode !== INPUT) return { ...failed(step, error, at), lookedAt: at };
  const note = `Stream cannot bring this user back: never there, pruned, or deleted for good (it says: ${error.message})`;
  return { ...ended, state: 'not_found', note, after: 'not_visible' };
}
