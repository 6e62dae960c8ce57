import type { PlannedStep, Step } from '../request.ts';

/** A planned step as it comes into the ledger at `at`; one that ends without a call has ended. */
export function recordedStep(
  { id, provider, operation, account, subjectId, options, ...given }: PlannedStep,
  requestId: string,
  at: number,
): Step {
  const { state = 'planned', note = null, before = null, earlier = null } = given;
  return {
    id,
    requestId,
    provider,
    operation,
    account,
    subjectId,
    options,
    state,
    note,
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
    before,
    after: null,
    lookedAt: null,
    earlier,
    intendedAt: null,
    acceptedAt: null,
    finishedAt: state === 'planned' ? null : at,
    artifacts: [],
  };
}
