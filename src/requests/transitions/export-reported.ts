import { type Moment, nextCheck, secondLook } from '../polling.ts';
import type { Call, Step, StepError } from '../request.ts';
import type { TaskReport, Unreachable } from './answers.ts';
import type { Change, StepPatch } from './change.ts';
import { failed } from './failed.ts';

/** A report that says something about the task, not about the provider's health. */
export type TaskNews = Exclude<TaskReport, Unreachable>;

const UNREADABLE_TRIES = 3;

/**
 * What a check makes of the step of an export. It moves a step to `reported`, `failed` or `no_data`,
 * never to `succeeded`. `failed` and an unknown task are believed at the second look only.
 */
export function reported(step: Step, call: Call, news: TaskNews, moment: Moment): Change {
  return noted([step], call, news, moment, patchFor);
}

/** What a check makes of the steps that a call serves; `patchOf` says what becomes of each. */
export function noted(
  steps: readonly Step[],
  call: Call,
  news: TaskNews,
  moment: Moment,
  patchOf: (step: Step, news: TaskNews, moment: Moment) => StepPatch,
): Change {
  // Only the word `failed` itself, seen before, makes this its second look: other tries do not.
  const isNew = news.kind === 'failed' && call.providerStatus !== news.status;
  const status = 'status' in news ? news.status : call.providerStatus;
  return {
    at: moment.at,
    steps: steps.map((step) => {
      const seen = isNew ? { ...step, tries: 0 } : step;
      return { id: step.id, patch: { checks: step.checks + 1, ...patchOf(seen, news, moment) } };
    }),
    callPatches:
      status === call.providerStatus ? [] : [{ id: call.id, patch: { providerStatus: status } }],
  };
}

function patchFor(step: Step, news: TaskNews, moment: Moment): StepPatch {
  switch (news.kind) {
    case 'running':
      return { tries: 0, nextAt: nextCheck(step.checks + 1, moment) };
    case 'done':
      return { state: 'reported', tries: 0, nextAt: null };
    case 'no_data':
      return { state: 'no_data', tries: 0, nextAt: null };
    case 'failed':
    case 'forgotten':
    case 'unreadable':
      return believe(step, news, moment);
  }
}

/** Bad news of a task are looked at again, and believed when they stay. */
export function believe(
  step: Step,
  news: Extract<TaskNews, { error: StepError }>,
  moment: Moment,
): StepPatch {
  const looks = news.kind === 'unreadable' ? UNREADABLE_TRIES : 2;
  return step.tries + 1 < looks
    ? { tries: step.tries + 1, nextAt: secondLook(moment) }
    : failed(step, news.error, moment.at);
}
