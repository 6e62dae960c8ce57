import type { Change, StepPatch } from './change.ts';
import type { Step } from './request.ts';

/** Failures after which the provider has nothing left under the task id. */
const TASK_IS_OVER = new Set(['task_failed', 'task_lost', 'link_refused']);

/** Whether `resume` takes a failed step up again; `all` is `--failed`. */
export function mayRepeat(step: Step, all: boolean): boolean {
  if (step.state === 'no_data') return all && step.finishedAt !== null;
  if (step.state !== 'failed') return false;
  return all || step.error?.passing === true;
}

/**
 * Takes failed steps up where they stopped: at the same task while it may still be good, from the
 * start otherwise.
 */
export function revive(steps: readonly Step[], at: number): Change {
  return { at, steps: steps.map((step) => ({ id: step.id, patch: revival(step) })) };
}

function revival(step: Step): StepPatch {
  const fresh =
    step.taskId === null || step.state === 'no_data' || TASK_IS_OVER.has(step.error?.code ?? '');
  return {
    state: fresh ? 'planned' : 'accepted',
    error: null,
    finishedAt: null,
    nextAt: null,
    tries: 0,
    repeats: step.repeats + 1,
    // It gave the advice that is being followed.
    ...(step.state === 'no_data' ? { note: null } : {}),
  };
}
