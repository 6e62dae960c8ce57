import type { PlannedStep, Step } from '../request.ts';

/** A planned step as it comes into the ledger at `at`; one that ends without a call has ended. */
export function recordedStep(planned: PlannedStep, requestId: string, at: number): Step {
  const { state = 'planned' } = planned;
  return {
    ...NOTHING_YET,
    ...planned,
    requestId,
    state,
    finishedAt: state === 'planned' ? null : at,
  };
}

/** What no step has as it comes in, unless its plan says so. */
const NOTHING_YET = {
  note: null,
  error: null,
  whole: true,
  callId: null,
  taskId: null,
  subjects: 1,
  attempts: 0,
  checks: 0,
  repeats: 0,
  tries: 0,
  nextAt: null,
  blocked: false,
  batch: null,
  doubts: 0,
  before: null,
  after: null,
  lookedAt: null,
  earlier: null,
  intendedAt: null,
  acceptedAt: null,
  artifacts: [],
} as const;
