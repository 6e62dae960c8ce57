import type { Change } from './change.ts';
import type { Call, Step } from './request.ts';

export const REPEATED =
  'repeated: an earlier call got no clear answer, and may have taken effect too';

/**
 * The call that is about to be sent for a step, as it must stand on disk before it leaves.
 * `previous` is the step's call so far; one in doubt is what this one repeats.
 */
export function intend(
  step: Step,
  previous: Call | null,
  callId: string,
  at: number,
): { call: Call; change: Change } {
  const repeats = previous?.state === 'in_doubt';
  const call: Call = {
    id: callId,
    provider: step.provider,
    operation: step.operation,
    account: step.account,
    options: step.options,
    stepIds: [step.id],
    subjectIds: [step.subjectId],
    taskId: null,
    state: 'intended',
    replaces: previous?.id ?? null,
    providerStatus: null,
    intendedAt: at,
    answeredAt: null,
  };
  const change: Change = {
    at,
    calls: [call],
    callPatches: repeats ? [{ id: previous.id, patch: { state: 'replaced' } }] : [],
    steps: [
      {
        id: step.id,
        patch: {
          state: 'intended',
          callId,
          taskId: null,
          tries: 0,
          subjects: 1,
          attempts: step.attempts + 1,
          intendedAt: at,
          nextAt: null,
          ...(repeats ? { note: REPEATED } : {}),
        },
      },
    ],
  };
  return { call, change };
}
