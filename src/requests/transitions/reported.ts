import { OPERATIONS, isExport } from '../operations.ts';
import { type Moment, nextCheck, secondLook } from '../polling.ts';
import type { Call, Step, StepError } from '../request.ts';
import type { SubjectResult, TaskReport, Unreachable } from './answers.ts';
import { type Change, type StepPatch, changeSteps, failed, ownError } from './change.ts';

/** A report that says something about the task, not about the provider's health. */
export type TaskNews = Exclude<TaskReport, Unreachable>;

const UNREADABLE_TRIES = 3;

const UNNAMED = "Stream's result does not name this user: only the look-up speaks for it";
const UNKNOWN =
  "Stream's task is completed and does not name this user, who was not visible before: nobody can tell whether it was deleted";

/**
 * What a check of a call makes of each of the steps that it serves: `reported`, `failed` or
 * `no_data`, never `succeeded`. `failed` and an unknown task are believed at the second look only.
 * The task of a deletion that the provider no longer knows is settled by the look-up (docs/spec.md
 * 4): the step is `reported` with the error `task_lost` until then.
 */
export function reported(
  steps: readonly Step[],
  call: Call,
  news: TaskNews,
  moment: Moment,
): Change {
  // Only the word `failed` itself, seen before, makes this its second look: other tries do not.
  const isNew = news.kind === 'failed' && call.providerStatus !== news.status;
  const status = 'status' in news ? news.status : call.providerStatus;
  return {
    ...changeSteps(moment.at, steps, (step) => {
      const seen = isNew ? { ...step, tries: 0 } : step;
      return { checks: step.checks + 1, ...patchFor(seen, news, moment) };
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
      return done(step, news.results, moment.at);
    case 'no_data':
      return { state: 'no_data', tries: 0, nextAt: null };
    case 'failed':
    case 'unreadable':
      return believe(step, news, moment);
    case 'forgotten': {
      const patch = believe(step, news, moment);
      return patch.state === 'failed' && !isExport(step.operation)
        ? { state: 'reported', error: news.error, tries: 0, nextAt: null }
        : patch;
    }
  }
}

/**
 * Stream says it for each user whom it deletes; Sendbird, and Stream's feeds, once for the whole call.
 * Of a user whom nobody saw before, and whom the result does not name, nothing says what became of him.
 */
function done(
  step: Step,
  results: ReadonlyMap<string, SubjectResult> | null,
  at: number,
): StepPatch {
  const well: StepPatch = { state: 'reported', error: null, tries: 0, nextAt: null };
  const { does, namesSubjects } = OPERATIONS[step.operation];
  if (does === 'export') return well;
  const own = results?.get(step.subjectId);
  if (own?.kind === 'failed') return failed(step, own.error, at);
  if (own !== undefined || !namesSubjects) return well;
  if (step.before !== 'visible' && step.earlier === null) {
    return failed(step, ownError('user_not_named', UNKNOWN, false), at);
  }
  return { ...well, note: step.note ?? UNNAMED };
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
