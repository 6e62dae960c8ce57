import type { StepPatch } from './change.ts';
import type { Step, StepError } from './request.ts';

/** How often a passing failure is repeated without being asked to (SPEC section 4). */
export const REPEATS = 3;

/** A step that fails: one that was repeated often enough is passing no more. */
export function failed(step: Step, error: StepError, at: number): StepPatch {
  const passing = error.passing && step.repeats < REPEATS;
  return { state: 'failed', error: { ...error, passing }, finishedAt: at, nextAt: null };
}
