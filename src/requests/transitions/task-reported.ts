import { isExport } from '../operations.ts';
import type { Moment } from '../polling.ts';
import type { Call, Step } from '../request.ts';
import type { Change } from './change.ts';
import { deletionReported } from './deletion-reported.ts';
import { type TaskNews, reported } from './export-reported.ts';

/** What a check of a call makes of the steps that it serves. */
export function taskReported(
  steps: readonly Step[],
  call: Call,
  news: TaskNews,
  moment: Moment,
): Change {
  const [only] = steps;
  return only !== undefined && isExport(call.operation)
    ? reported(only, call, news, moment)
    : deletionReported(steps, call, news, moment);
}
