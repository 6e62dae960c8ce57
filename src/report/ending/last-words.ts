import { isExport } from '../../requests/operations.ts';
import type { ReceiptStep } from '../../requests/receipt.ts';
import type { ProviderName } from '../../requests/request.ts';
import type { Sample } from '../../requests/sample.ts';
import { tallied, unsettled } from '../../requests/state.ts';
import { subjectName } from '../receipt/receipt-text.ts';
import {
  PROVIDER,
  capital,
  count,
  duration,
  figure,
  inWords,
  isBeingChecked,
  list,
  stepName,
} from '../words.ts';
import {
  type Commands,
  type Resume,
  adviceInDoubt,
  adviceOnEnded,
  adviceOnTried,
  guardAdvice,
  guardMessage,
} from './advice.ts';
import type { RunOutcome } from './outcome.ts';

/** Why a provider was left for later. */
export interface Stopped {
  kind: 'credentials' | 'unavailable' | 'account';
  /** In words, without the provider's name. */
  reason: string;
  tries: number;
  lasted: number;
}

/** How a run ended, for its last lines. */
export interface Ending {
  exit: number;
  /** How the program was called, up to its command: `gdpr --profile sandbox`. */
  invocation: string;
  runOutcome: RunOutcome;
  /** Requests with a deletion or restore that nobody has confirmed lately: it is not sent. */
  unconfirmed: Sample<string>;
  stopped: ReadonlyMap<ProviderName, Stopped>;
  signal: string | null;
  timedOut: boolean;
  /** The command that was run, where running it again repeats just what failed; null: it would not. */
  again: string | null;
}

/** The last words of a run that did not end with 0: what happened, and what to do next. */
export interface LastWords {
  code: string;
  message: string;
  next: string;
  /** Of many, the first. */
  requestIds: readonly string[];
}

/** What is said at the end of a run whose exit code is not 0 (docs/spec.md 5). */
export function lastWords(ending: Ending): LastWords {
  const { runOutcome, invocation } = ending;
  const requestIds = runOutcome.unsettled.map((receipt) => receipt.request_id);
  const resumeOf = resumeFor(ending);
  const resume = resumeOf(requestIds);
  const commands: Commands = {
    resume: resumeOf,
    of: (command) => `${invocation} ${command}`,
  };
  const words = (code: string, message: string, next: string): LastWords => ({
    code,
    message: [
      message,
      ...unsent(runOutcome),
      ...adviceOnTried(runOutcome.unsettled, resumeOf),
      ...unconfirmedWords(ending, resumeOf),
    ].join(' '),
    next,
    requestIds,
  });
  const done = doneParts(runOutcome);
  const safe = `${done}Nothing is lost: ${resume}`;
  switch (ending.exit) {
    case 4:
      return words(
        faultOf(ending),
        stopMessage(ending),
        `${done}Nothing is lost. Set it right, then: ${resume}`,
      );
    case 7:
      return words('in_doubt', doubtWords(ending).join(' '), wayOut(ending, resumeOf));
    case 6:
      return {
        ...words(
          'guard',
          [guardMessage(runOutcome.guarded), ...doubtWords(ending)].join(' '),
          guardNext(ending, commands),
        ),
        requestIds: runOutcome.guarded.first.map((receipt) => receipt.request_id),
      };
    case 5:
      return words('unavailable', stopMessage(ending), safe);
    case 8:
      return words('not_finished', notFinished(ending), safe);
    case 1:
    case 3:
      return words('not_completed', endedBadly(runOutcome), adviceOnEnded(runOutcome, commands));
    default:
      return words('interrupted', `Stopped by ${ending.signal}.`, safe);
  }
}

function guardNext(ending: Ending, commands: Commands): string {
  const { guarded, tally } = ending.runOutcome;
  const advice = guardAdvice(guarded, commands);
  return tally.in_doubt === 0 ? advice : `${advice}. ${wayOut(ending, commands.resume)}`;
}

/** What is in doubt, and which providers were left for later. */
function doubtWords(ending: Ending): string[] {
  const { runOutcome, stopped } = ending;
  return [
    ...(runOutcome.tally.in_doubt === 0 ? [] : [doubt(runOutcome)]),
    ...(stopped.size === 0 ? [] : [stopMessage(ending)]),
  ];
}

/** How `gdpr resume` is called. More than a few are not named: they are all, or the same command does it. */
function resumeFor({ runOutcome, invocation, again }: Ending): Resume {
  const isWhole = hasAllUnsettled(runOutcome);
  return (ids, ...flags) => {
    const isFew = isWhole && ids.length <= FEW;
    // `--resend` is for requests that are named, each of them.
    if (flags.includes('--resend')) {
      return [invocation, 'resume', ...flags, ...(isWhole ? ids : ['<request>'])].join(' ');
    }
    if (flags.includes('--failed') && !isFew && again !== null) return again;
    return [invocation, 'resume', ...flags, ...(isFew ? ids : [])].join(' ');
  };
}

/** So many are named; more are repeated by the command that was run. */
export const FEW = 3;

/** Whether no unsettled request is left out of the sample. */
function hasAllUnsettled({ tally, unsettled: sample }: RunOutcome): boolean {
  return unsettled(tally) === sample.length;
}

function wayOut({ runOutcome, invocation }: Ending, resume: Resume): string {
  const advice = adviceInDoubt(runOutcome.unsettled, resume);
  return hasAllUnsettled(runOutcome)
    ? advice
    : `${advice}. Which they are: ${invocation} status --state in_doubt`;
}

function faultOf({ stopped }: Ending): string {
  const isRefused = [...stopped.values()].some(({ kind }) => kind === 'credentials');
  return isRefused ? 'credentials' : 'account';
}

function stopMessage({ stopped }: Ending): string {
  const reasons = [...stopped.values()].map(({ kind, reason, tries, lasted }) =>
    kind === 'unavailable'
      ? `${bare(reason)} (${count(tries, 'try', 'tries')} in ${duration(lasted)})`
      : bare(reason),
  );
  return `Stopped: ${list(reasons)}.`;
}

/** Without the full stop that a provider's own words may end with. */
function bare(reason: string): string {
  return reason.replace(/\.$/, '');
}

function doneParts({ tally, unsettled: open, settled }: RunOutcome): string {
  const only = tallied(tally) === 1 ? [...open, ...settled][0] : undefined;
  if (only === undefined) return '';
  const names = [...new Set(only.steps.map((step) => step.provider))];
  const done = names.filter((name) =>
    only.steps.every((step) => step.provider !== name || step.state === 'succeeded'),
  );
  return done
    .map((name) => {
      const steps = only.steps.filter((step) => step.provider === name);
      const where = steps.some(({ operation }) => isExport(operation)) ? ' and on disk' : '';
      return `${PROVIDER[name]}'s part is done${where}. `;
    })
    .join('');
}

function unsent({ unsettled: open, untried, tried }: RunOutcome): string[] {
  const steps = open.flatMap((receipt) => receipt.steps.filter(({ state }) => state === 'planned'));
  const fresh = steps.filter(({ attempts }) => attempts === 0);
  const again = steps.filter(({ attempts }) => attempts > 0);
  return [
    ...named('Not even sent yet', untried, fresh),
    ...named('Tried, not accepted yet', tried, again),
  ];
}

/** `steps` are the first of so many. */
function named(what: string, number: number, steps: readonly ReceiptStep[]): string[] {
  if (number === 0) return [];
  const isFew = number <= 4 && steps.length === number;
  return [`${what}: ${isFew ? list([...new Set(steps.map(stepName))]) : count(number, 'step')}.`];
}

function doubt(runOutcome: RunOutcome): string {
  const steps = runOutcome.unsettled.flatMap((receipt) =>
    receipt.steps
      .filter((step) => step.state === 'in_doubt')
      .map((step) => `${stepName(step)} of ${subjectName(receipt.subject.user_id)}`),
  );
  if (hasAllUnsettled(runOutcome)) {
    return `In doubt: a call may have arrived and its answer was lost (${list(steps)}).`;
  }
  const first = steps.slice(0, FEW).map((step) => `${step}, `);
  return `In doubt: calls may have arrived and their answers were lost (${first.join('')}and more: ${count(runOutcome.tally.in_doubt, 'request')}).`;
}

function notFinished({ runOutcome, timedOut }: Ending): string {
  const open = runOutcome.unsettled.filter((receipt) => receipt.state === 'open');
  const why = timedOut ? 'Stopped waiting' : 'Not finished';
  const running = open.flatMap((receipt) =>
    receipt.steps.filter((step) => step.state === 'accepted').map(stepName),
  );
  const checked = open.flatMap((receipt) => receipt.steps.filter(isBeingChecked).map(stepName));
  const where = [['running', running] as const, ['being checked', checked] as const].map(
    ([what, names]) => (names.length === 0 ? '' : `; ${what}: ${list([...new Set(names)])}`),
  );
  return `${why}: ${count(runOutcome.tally.open, 'request')} open${where.join('')}.`;
}

function unconfirmedWords({ unconfirmed }: Ending, resume: Resume): string[] {
  const { first, number } = unconfirmed;
  if (number === 0) return [];
  return [
    `Not sent, since nobody confirmed it within 7 days: ${count(number, 'request')}. In a terminal this asks: ${resume(first)}.`,
  ];
}

function endedBadly({ tally, unsettled: open, settled }: RunOutcome): string {
  const parts = (['failed', 'partial', 'not_found', 'cancelled', 'closed'] as const).flatMap(
    (state) => {
      const number = tally[state];
      if (number === 0) return [];
      const names = [...open, ...settled]
        .filter((receipt) => receipt.state === state)
        .map((receipt) => subjectName(receipt.subject.user_id));
      const isFew = number <= 5 && names.length === number;
      return [`${inWords(state)}: ${isFew ? list(names) : figure(number)}`];
    },
  );
  return `${capital(parts.join('; '))}.`;
}
