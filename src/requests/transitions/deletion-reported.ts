import { type Moment, nextCheck } from '../polling.ts';
import type { Call, Step } from '../request.ts';
import type { SubjectResult } from './answers.ts';
import type { Change, StepPatch } from './change.ts';
import { type TaskNews, believe, noted } from './export-reported.ts';
import { failed } from './failed.ts';

const UNNAMED = "Stream's result does not name this user: only the look-up speaks for it";
const UNKNOWN =
  "Stream's task is completed and does not name this user, who was not visible before: nobody can tell whether it was deleted";

/**
 * What a check of the task of a deletion makes of each of its steps: `reported`, `failed` or
 * `no_data`, never `succeeded`. A task that the provider no longer knows is settled by the look-up
 * (docs/spec.md 4): the step is `reported` with the error `task_lost` until then.
 */
export function deletionReported(
  steps: readonly Step[],
  call: Call,
  news: TaskNews,
  moment: Moment,
): Change {
  return noted(steps, call, news, moment, patchFor);
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
      return patch.state === 'failed'
        ? { state: 'reported', error: news.error, tries: 0, nextAt: null }
        : patch;
    }
  }
}

/**
 * Stream says it for each user; Sendbird, and Stream's feeds, once for the whole call. Of a user whom
 * nobody saw before, and whom the result does not name, nothing says what became of him.
 */
function done(
  step: Step,
  results: ReadonlyMap<string, SubjectResult> | null,
  at: number,
): StepPatch {
  const own = results?.get(step.subjectId);
  if (own?.kind === 'failed') return failed(step, own.error, at);
  const isNamed = own !== undefined || step.operation !== 'delete_users';
  if (!isNamed && step.before !== 'visible' && step.earlier === null) {
    const facts = { passing: false, providerCode: null, httpStatus: null };
    return failed(step, { code: 'user_not_named', message: UNKNOWN, ...facts }, at);
  }
  return {
    state: 'reported',
    error: null,
    tries: 0,
    nextAt: null,
    ...(isNamed ? {} : { note: step.note ?? UNNAMED }),
  };
}
