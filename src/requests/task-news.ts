import type { Change } from './change.ts';
import { deletionReported } from './deletion-reported.ts';
import { isExport } from './operations.ts';
import { type TaskNews, reported } from './reported.ts';
import type { Call, Step } from './request.ts';
import type { Moment } from './waits.ts';

/** What a check of a call makes of the steps that it serves. */
export function told(steps: readonly Step[], call: Call, news: TaskNews, moment: Moment): Change {
  const [only] = steps;
  return only !== undefined && isExport(call.operation)
    ? reported(only, call, news, moment)
    : deletionReported(steps, call, news, moment);
}
