import type { RunningCall } from '../providers/provider.ts';
import type { Call } from '../requests/request.ts';

/** A call as its provider is asked about it. */
export function askedAbout(call: Call | null): RunningCall {
  if (call?.taskId == null) throw new Error(`call ${call?.id ?? ''} has no task to ask about`);
  const { id, operation, taskId, subjectIds, options } = call;
  return { id, operation, taskId, subjectIds, options };
}
