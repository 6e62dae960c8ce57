import { OPERATIONS, isExport } from '../operations.ts';
import type { Step } from '../request.ts';
import { type Change, type StepPatch, changeSteps } from './change.ts';
import { SEARCHES } from './searched.ts';
import { left } from './sent.ts';

/** Failures after which there is nothing left to wait for under the task id. */
const TASK_IS_OVER = new Set([
  'task_failed',
  'task_lost',
  'link_refused',
  'no_link',
  'user_not_deleted',
  'user_not_named',
  'no_data',
  'still_visible',
  'not_back',
  'wrong_answer',
]);

/** What `resume` was asked to take up besides what passes by itself. */
export interface RetryFlags {
  /** `--failed`: what failed for good as well; a deletion that did not take effect is sent again. */
  failed: boolean;
  /** `--resend`: a deletion or restore in doubt is sent again. */
  resend: boolean;
}

/**
 * Whether `resume` takes a step up that nobody works on. One that is `not_sent` without an error is
 * none: it is planned again together with what stood in its way.
 */
export function mayRepeat(step: Step, asked: RetryFlags): boolean {
  const { state } = step;
  if (step.finishedAt !== null) return mayBegin(step, asked);
  if (state === 'in_doubt') return step.blocked && (asked.resend || canBeFound(step));
  return state === 'planned' && asked.resend && step.doubts > 0;
}

function mayBegin({ state, error }: Step, { failed }: RetryFlags): boolean {
  if (state === 'no_data') return failed;
  if (state === 'not_sent') return failed && error !== null;
  const isBad = state === 'failed' || state === 'reported';
  return isBad && (failed || error?.passing === true);
}

/**
 * Takes steps up where they stopped: at the same task while it may still be good, at the look that
 * contradicted the provider, at the search; otherwise from the start. Only for steps that
 * `mayRepeat` lets through.
 */
export function retried(steps: readonly Step[], asked: RetryFlags, at: number): Change {
  return changeSteps(at, steps, (step) => retriedPatch(step, asked));
}

function retriedPatch(step: Step, asked: RetryFlags): StepPatch {
  if (step.finishedAt === null) return asked.resend ? sentAgain(step) : searchedAgain(step);
  const repeated = { ...FRESH, repeats: step.repeats + 1 };
  if (!isExport(step.operation)) {
    const looks = step.state === 'reported' && !asked.failed;
    const runs = step.state === 'failed' && !isOver(step);
    // What a look has shown of the call before says nothing about the one that follows.
    const anew = { ...repeated, whole: true, after: null, lookedAt: null };
    if (runs) return { ...anew, state: 'accepted' };
    return looks
      ? { ...anew, state: 'reported' }
      : { ...anew, state: 'planned', batch: null, doubts: 0 };
  }
  const fresh = step.state === 'no_data' || isOver(step);
  return {
    ...repeated,
    state: fresh ? 'planned' : 'accepted',
    // It gave the advice that is being followed.
    ...(step.state === 'no_data' ? { note: null } : {}),
  };
}

/** Whether nothing is known of a task that may still be good. */
function isOver({ taskId, error }: Step): boolean {
  return taskId === null || TASK_IS_OVER.has(error?.code ?? '');
}

const FRESH: StepPatch = { error: null, finishedAt: null, nextAt: null, tries: 0 };

/** Its list, or the account itself, is looked at once more: nothing is sent for it. */
function searchedAgain({ note }: Step): StepPatch {
  return { blocked: false, error: null, tries: 0, nextAt: null, note: withoutDoubt(note) };
}

function withoutDoubt(note: string | null): string | null {
  return note === left().note ? null : note;
}

/**
 * The same body once more, and once only, without another search: the operator has decided. The
 * doubt stays: an answer that the subject is unknown then means that the first call had arrived
 * (docs/spec.md 4).
 */
function sentAgain({ callId, batch, note }: Step): StepPatch {
  return {
    state: 'planned',
    blocked: false,
    error: null,
    batch: callId ?? batch,
    doubts: 1,
    intendedAt: null,
    tries: SEARCHES,
    nextAt: null,
    note: withoutDoubt(note),
  };
}

/** Sendbird lists its tasks, and a restore shows in the account; Stream's deletions show nowhere. */
function canBeFound({ operation }: Step): boolean {
  return OPERATIONS[operation].doubt !== 'resend';
}
