import { isExport } from '../operations.ts';
import type { Call, Step } from '../request.ts';
import { type Change, changeSteps, joined } from './change.ts';

const REPEATED = 'repeated: an earlier call got no clear answer, and may have taken effect too';

/**
 * The call that is about to be sent for steps of one operation and the same options, as it must
 * stand on disk before it leaves. `previous` is what all of them were sent with last; one in doubt
 * is what this one repeats. Where doubts are counted `intendedAt` stays then: the hour counts from
 * the first.
 */
export function intend(
  steps: readonly Step[],
  previous: Call | null,
  callId: string,
  at: number,
): { call: Call; change: Change } {
  const [first] = steps;
  if (first === undefined) throw new Error('a call for nobody');
  const { provider, operation, account, options } = first;
  const repeats = previous?.state === 'in_doubt' ? previous : null;
  const call: Call = {
    id: callId,
    provider,
    operation,
    account,
    options,
    stepIds: steps.map(({ id }) => id),
    subjectIds: steps.map(({ subjectId }) => subjectId),
    taskId: null,
    state: 'intended',
    replaces: previous?.id ?? null,
    adopted: false,
    providerStatus: null,
    intendedAt: at,
    answeredAt: null,
  };
  const change: Change = {
    ...changeSteps(at, steps, (step) => ({
      state: 'intended',
      callId,
      taskId: null,
      subjects: steps.length,
      attempts: step.attempts + 1,
      intendedAt: step.doubts > 0 ? (step.intendedAt ?? at) : at,
      nextAt: null,
      ...noteOf(step, repeats),
    })),
    calls: [call],
    callPatches: repeats === null ? [] : [{ id: repeats.id, patch: { state: 'replaced' } }],
  };
  return { call, change };
}

function noteOf(step: Step, repeats: Call | null): { note?: string; tries?: number } {
  if (isExport(step.operation))
    return { tries: 0, ...(repeats === null ? {} : { note: REPEATED }) };
  return step.doubts > 0 ? { note: joined(step.note, REPEATED) } : {};
}
