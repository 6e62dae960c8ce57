import { OPERATIONS } from '../operations.ts';
import { type Moment, secondLook } from '../polling.ts';
import type { Finding, Step, StepError } from '../request.ts';
import { CHECK_ID, type Change, type StepPatch, failed, joined, ownError } from './change.ts';

/** How often a subject is looked for before what is still seen is believed. */
const LOOKS = 3;

/** What a look has shown of a step's subject; `unreadable`: an answer that nobody can read. */
export type Look = 'visible' | 'not_visible' | 'not_checkable' | 'unreadable';

type Sure = Exclude<Look, 'unreadable'>;

/** A step that is looked at again; `known`: somebody saw the subject before, or erased it before. */
export interface Looked {
  step: Step;
  known: boolean;
}

/**
 * What looking makes of steps that the provider reported as done, or as without data (docs/spec.md 3 and 4,
 * Verification, `no_data`, tasks that are lost). A look never replaces a deletion: what was not
 * visible before counts as done by the provider's word about this subject alone, and never without it.
 */
export function verified(
  looked: readonly Looked[],
  lookOf: (step: Step) => Look,
  moment: Moment,
): Change {
  return {
    at: moment.at,
    steps: looked.map((each) => ({
      id: each.step.id,
      patch: patchFor(each, lookOf(each.step), moment),
    })),
  };
}

function patchFor(each: Looked, answer: Look, moment: Moment): StepPatch {
  const { step } = each;
  const { does } = OPERATIONS[step.operation];
  if (does === 'export') return noDataSettled(answer === 'visible', moment.at);
  if (answer === 'unreadable' && step.tries + 1 < LOOKS) return again(step, moment);
  const look = answer === 'unreadable' ? 'not_checkable' : answer;
  if (does === 'restore') return restored(step, look, moment);
  if (look === 'visible') return seen(step, moment);
  if (step.error?.code === 'task_lost') return lost(step, look, moment.at);
  if (step.state === 'no_data' && look === 'not_checkable') {
    const message = 'Sendbird says that it has no data, and the account cannot be looked up';
    return failedBy(step, ownError('no_data', message, true), look, moment.at);
  }
  return { error: null, ...endOf(each, look), ...rest(moment.at), after: look };
}

/**
 * Settles an access that ended as `no_data` (docs/spec.md 4): Sendbird means "already deleted" or
 * a fault of its own, and only a look-up tells which.
 */
function noDataSettled(visible: boolean, at: number): StepPatch {
  const ended = { finishedAt: at, nextAt: null };
  if (!visible) return { ...ended, state: 'not_found', note: 'no such account at Sendbird' };
  const note = 'Sendbird says that it has no data, yet the account is there: run the export again';
  return { ...ended, state: 'no_data', note };
}

/** Gone, or nobody can tell: what that says depends on what was there before. */
function endOf({ step, known }: Looked, look: Sure): Pick<StepPatch, 'state' | 'note'> {
  const { note, before, earlier } = step;
  const done = (own: string | null): Pick<StepPatch, 'state' | 'note'> => ({
    state: 'succeeded',
    note: note ?? (look === 'not_checkable' ? null : own),
  });
  if (before === 'visible') return done(null);
  if (earlier !== null) return done(`not visible before: ${earlier} had erased it`);
  if (!isReportedAlone(step)) {
    const isBelieved = known && step.provider === 'stream';
    return isBelieved
      ? done(null)
      : { state: 'not_found', note: joined(note, absence(known, look)) };
  }
  return OPERATIONS[step.operation].check === 'feed_data' && known
    ? done('no feed data was visible before')
    : { state: 'succeeded', note: joined(note, wordOn(step)) };
}

/**
 * Whether the provider took the deletion on and reported it done, for this subject and not for others
 * with it: Sendbird has one status for all of a call (docs/providers/sendbird.md 9), Stream's feeds calls
 * are for one, and a user whom Stream's result does not name has failed before.
 */
function isReportedAlone({ state, provider, taskId, acceptedAt, subjects }: Step): boolean {
  const isTaken = taskId !== null || acceptedAt !== null;
  return state === 'reported' && isTaken && (provider === 'stream' || subjects === 1);
}

function wordOn({ provider, before }: Step): string {
  const first = before === null ? 'nobody looked before' : 'not visible before either';
  const whose = provider === 'stream' ? 'Stream' : 'Sendbird';
  return `${first}: hidden, or never there; done on ${whose}'s word: ${CHECK_ID}`;
}

function absence(known: boolean, look: Sure): string {
  if (!known) return 'never visible at any provider, and no earlier erase in this ledger';
  const when = look === 'not_visible' ? ', before or after' : ' before';
  return `no such account at Sendbird${when}`;
}

/** A task that nobody knows any more: only something that was there and is gone says that it ran. */
function lost(step: Step, look: Sure, at: number): StepPatch {
  if (look === 'not_visible' && step.before === 'visible') {
    const note = 'the provider does not know the task any more; the look-up shows that it ran';
    const ended = { error: null, ...rest(at), after: look };
    return { ...ended, state: 'succeeded', note: joined(step.note, note) };
  }
  const error = step.error ?? ownError('task_lost', 'the task is not known any more', true);
  return failedBy(step, error, look, at);
}

function seen(step: Step, moment: Moment): StepPatch {
  const { at } = moment;
  if (step.state === 'no_data') {
    const message = 'Sendbird says that it has no data, yet the account is still there';
    return failedBy(step, ownError('no_data', message, true), 'still_visible', at);
  }
  if (step.error?.code === 'task_lost') {
    return failedBy(step, step.error, 'still_visible', at);
  }
  if (step.tries + 1 < LOOKS) return again(step, moment);
  const message = 'reported as done, and what was to go can still be seen';
  return contradicted(step, ownError('still_visible', message, true), 'still_visible', at);
}

function restored(step: Step, look: Sure, moment: Moment): StepPatch {
  const { at } = moment;
  if (look === 'visible') {
    return { state: 'succeeded', error: null, ...rest(at), after: 'visible' };
  }
  if (look === 'not_checkable') return { state: 'succeeded', ...rest(at), after: look };
  if (step.tries + 1 < LOOKS) return again(step, moment);
  const message = 'Stream said that the account is back, and it cannot be seen';
  return contradicted(step, ownError('not_back', message, true), 'not_visible', at);
}

/** The provider said done and the look says otherwise: the step ends without having succeeded. */
function contradicted(step: Step, error: StepError, after: Finding, at: number): StepPatch {
  const { error: told = error } = failed(step, error, at);
  return { state: 'reported', whole: false, error: told, ...rest(at), after };
}

function again(step: Step, moment: Moment): StepPatch {
  return { tries: step.tries + 1, nextAt: secondLook(moment) };
}

function rest(at: number): StepPatch {
  return { finishedAt: at, nextAt: null, tries: 0, lookedAt: at };
}

/** What a look has found makes it fail. */
function failedBy(step: Step, error: StepError, after: Finding, at: number): StepPatch {
  return { ...failed(step, error, at), after, lookedAt: at };
}
