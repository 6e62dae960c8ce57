import { OPERATIONS, isDeletion, isExport } from '../operations.ts';
import type { Call, Step, StepError } from '../request.ts';
import { type Change, type StepPatch, changeCall, failed, ownError } from './change.ts';
import { arrived, left, sent } from './sent.ts';

const INPUT = 4;

/**
 * Whether the answer that somebody is unknown has to be looked into: an export of an account, a
 * deletion of one who was seen before the question, and one of several of whom an earlier call may
 * have arrived.
 */
export function isDoubtfulAbsence(steps: readonly Step[]): boolean {
  const [first] = steps;
  if (first === undefined) return false;
  const { does, unknown } = OPERATIONS[first.operation];
  if (does !== 'delete') return does === 'export' && unknown === null;
  const seen = steps.some(({ before }) => before === 'visible');
  return seen && (steps.length === 1 || steps.every(({ doubts }) => doubts > 0));
}

/**
 * What a call that was refused because somebody is unknown makes of its steps, once a look has
 * shown who of them is `visible`. A call that is sent once more and finds nobody of those who were
 * there has been preceded by the first one: all of it counts as reported (docs/spec.md 4). One
 * subject that is refused as unknown and can be seen all the same is not gone: its step fails, and an
 * export may be tried again.
 */
export function absenceLooked(
  steps: readonly Step[],
  call: Call,
  visible: ReadonlySet<string>,
  error: StepError,
  at: number,
): Change {
  const isVisible = ({ subjectId }: Step): boolean => visible.has(subjectId);
  if (
    steps.every(({ operation, doubts }) => isDeletion(operation) && doubts > 0) &&
    !steps.some(isVisible)
  ) {
    return changeCall(call, at, steps, arrived);
  }
  const [only, ...others] = steps;
  if (only !== undefined && others.length === 0 && isVisible(only)) {
    const message = `refused as unknown, and it can be seen: ${error.message}`;
    const passing = isExport(only.operation);
    const refusal = { ...error, code: 'refused', message, passing };
    return changeCall(call, at, steps, () => failed(only, refusal, at));
  }
  const moment = { at, random: 0, pollInterval: 0 };
  return sent(steps, call, { kind: 'absent', error }, moment, at);
}

/**
 * A deletion that was refused because the subject is unknown, after an earlier erase that was not as
 * hard: hidden is not gone, and nothing says that it went since.
 */
export function onlyHidden(step: Step, call: Call, error: StepError, at: number): Change {
  const message = `${step.earlier} was not as hard as this erase, and now Stream refuses the user as unknown: ${error.message}`;
  const refusal = { ...error, code: 'refused', message, passing: false };
  return changeCall(call, at, [step], () => ({ ...failed(step, refusal, at), batch: null }));
}

/** What a restore that Stream refused makes of its steps, once a look has shown who is `visible`. */
export function restoreDenied(
  steps: readonly Step[],
  call: Call,
  visible: ReadonlySet<string>,
  error: StepError,
  at: number,
): Change {
  return changeCall(call, at, steps, (step) => ({
    batch: null,
    ...deniedPatch(step, visible.has(step.subjectId), error, at),
  }));
}

function deniedPatch(step: Step, visible: boolean, error: StepError, at: number): StepPatch {
  const ended = { error: null, nextAt: null, finishedAt: at, lookedAt: at };
  if (visible && step.doubts > 0) return { ...ended, state: 'succeeded', after: 'visible' };
  if (visible) {
    const note = 'the account is active: there is nothing to bring back';
    return { ...ended, state: 'already_active', note, after: 'visible' };
  }
  if (error.providerCode !== INPUT) return { ...failed(step, error, at), lookedAt: at };
  const note = `Stream cannot bring this user back: never there, pruned, or deleted for good (it says: ${error.message})`;
  return { ...ended, state: 'not_found', note, after: 'not_visible' };
}

/** The code of the error of a deletion that the profile did not let leave. */
export const PROTECTED = 'protected';

/** A deletion that was about to leave, and why the profile protects its subject. */
export interface Refused {
  step: Step;
  why: string;
}

/**
 * What becomes of deletions that do not leave because the profile protects their subjects (docs/spec.md
 * 3). One of which an earlier call may have arrived stays in doubt: not sent it is not.
 */
export function deletionRefused(refused: readonly Refused[], at: number): Change {
  return {
    at,
    steps: refused.map(({ step, why }) => ({ id: step.id, patch: unsentPatch(step, why, at) })),
  };
}

function unsentPatch({ doubts, attempts }: Step, why: string, at: number): StepPatch {
  const message = `not sent${attempts > 0 ? ' again' : ''}: ${why}`;
  const error = ownError(PROTECTED, message, false);
  return doubts > 0
    ? { ...left(), error }
    : { state: 'not_sent', error, blocked: false, batch: null, nextAt: null, finishedAt: at };
}
