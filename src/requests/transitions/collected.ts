import { type Moment, nextCheck } from '../polling.ts';
import type { Call, Step, StepError } from '../request.ts';
import type { Collected, Unreachable } from './answers.ts';
import { type Change, type StepPatch, changeSteps, failed, joined } from './change.ts';
import { type TaskNews, reported } from './reported.ts';

/** How often one link, or one file, is fetched before the step fails. */
const TRIES = 3;

/** How many exports may be asked for because the link of the one before would not open. */
const EXPORTS = 3;

const CUT =
  "may be cut: it holds as many messages as Stream's limit of 10,000; ask Stream support for the rest";
const NOT_RECOGNISED =
  'not recognised: nothing in the file is known of such an export; if it is wrong, export again with --new';

type StoredFile = Extract<Collected, { kind: 'stored' }>;

/** What fetching a file makes of a step: done, once more, or failed in its own words. */
export function collected(
  step: Step,
  call: Call,
  end: Exclude<Collected, Unreachable>,
  moment: Moment,
): Change {
  const { at } = moment;
  switch (end.kind) {
    case 'stored':
      return {
        ...changeSteps(at, [step], () => stored(step, end, at)),
        artifacts: [{ stepId: step.id, artifact: end.artifact }],
      };
    case 'bad':
    case 'no_link':
    case 'link_refused':
      return changeSteps(at, [step], () => again(step, end.error, moment));
    case 'running':
      return changeSteps(at, [step], () => ({
        state: 'accepted',
        nextAt: nextCheck(step.checks, moment),
      }));
    case 'failed':
    case 'no_data':
    case 'forgotten':
    case 'unreadable':
      return doneNoMore(step, call, end, moment);
  }
}

/**
 * The task was done and is not any more. Downloads that were tried are no looks at it: the step goes
 * back to being checked, and the looks are counted from here.
 */
function doneNoMore(step: Step, call: Call, news: TaskNews, moment: Moment): Change {
  const { steps = [], ...change } = reported([{ ...step, tries: 0 }], call, news, moment);
  return {
    ...change,
    steps: steps.map(({ id, patch }) => ({ id, patch: { state: 'accepted', ...patch } })),
  };
}

/** Whether this is the last time that a file is fetched before the step fails. */
export function lastTry(step: Step): boolean {
  return step.tries + 1 >= TRIES;
}

/**
 * A link that the provider does not renew: Sendbird's lives 7 days, and whether a new one is made
 * on each view is unconfirmed ([U], docs/providers/sendbird.md 2.6). A subject that is still visible
 * is asked for by a new call; one that is not cannot be exported any more.
 */
export function linkLost(step: Step, visible: boolean, error: StepError, at: number): Change {
  return changeSteps(at, [step], () => {
    if (!visible || step.attempts >= EXPORTS)
      return failed(step, { ...error, passing: visible }, at);
    const note = `asked for again: the link of export ${step.taskId} would not open`;
    const planned = { state: 'planned', taskId: null, tries: 0, nextAt: null } as const;
    return { ...planned, note: joined(step.note, note) };
  });
}

function stored(step: Step, { cut, recognised }: StoredFile, at: number): StepPatch {
  const doubts = [...(cut ? [CUT] : []), ...(recognised ? [] : [NOT_RECOGNISED])];
  return {
    state: 'succeeded',
    error: null,
    whole: doubts.length === 0,
    note: doubts.reduce<string | null>(joined, step.note),
    finishedAt: at,
    nextAt: null,
    tries: 0,
  };
}

function again(step: Step, error: StepError, moment: Moment): StepPatch {
  return error.passing && !lastTry(step)
    ? { tries: step.tries + 1, nextAt: nextCheck(step.tries, moment) }
    : failed(step, error, moment.at);
}
