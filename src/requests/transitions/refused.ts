import type { Step } from '../request.ts';
import type { Change, StepPatch } from './change.ts';
import { left } from './sent.ts';

/** The code of the error of a deletion that the profile did not let leave. */
export const PROTECTED = 'protected';

/** A deletion that was about to leave, and why the profile protects its subject. */
export interface Refused {
  step: Step;
  why: string;
}

/**
 * What becomes of deletions that do not leave because the profile protects their subjects (docs/spec.md
 * 3). One of which an earlier call may have arrived stays in doubt: not sent it is not.
 */
export function deletionRefused(refused: readonly Refused[], at: number): Change {
  return {
    at,
    steps: refused.map(({ step, why }) => ({ id: step.id, patch: refusal(step, why, at) })),
  };
}

function refusal({ doubts, attempts }: Step, why: string, at: number): StepPatch {
  const message = `not sent${attempts > 0 ? ' again' : ''}: ${why}`;
  const error = { code: PROTECTED, message, passing: false, providerCode: null, httpStatus: null };
  return doubts > 0
    ? { ...left(), error }
    : { state: 'not_sent', error, blocked: false, batch: null, nextAt: null, finishedAt: at };
}
