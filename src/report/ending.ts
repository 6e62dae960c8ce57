import { isExport } from '../requests/operations.ts';
import type { Receipt, ReceiptStep } from '../requests/receipt.ts';
import type { ProviderName } from '../requests/request.ts';
import { isSettled } from '../requests/state.ts';
import { type Resume, adviceInDoubt, adviceOnEnded, adviceOnTried } from './advice.ts';
import { subjectName } from './receipt-text.ts';
import { OPERATION, PROVIDER, count, duration, list } from './words.ts';

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
  receipts: readonly Receipt[];
  /** Requests with a deletion or restore that nobody has confirmed lately: it is not sent. */
  unconfirmed: readonly string[];
  stopped: ReadonlyMap<ProviderName, Stopped>;
  signal: string | null;
  timedOut: boolean;
}

/** The last words of a run that did not end with 0: what happened, and what to do next. */
export interface LastWords {
  code: string;
  message: string;
  next: string;
  requestIds: readonly string[];
}

/** What is said at the end of a run whose exit code is not 0 (SPEC section 5). */
export function lastWords(ending: Ending): LastWords {
  const unsettled = ending.receipts.filter((receipt) => !isSettled(receipt.state));
  const requestIds = unsettled.map((receipt) => receipt.request_id);
  const resumeOf: Resume = (ids, ...flags) =>
    [ending.invocation, 'resume', ...flags, ...namedIds(ids, flags)].join(' ');
  const resume = resumeOf(requestIds);
  const words = (code: string, message: string, next: string): LastWords => ({
    code,
    message: [
      message,
      ...unsent(unsettled),
      ...adviceOnTried(unsettled, resumeOf),
      ...unconfirmedWords(ending, resumeOf),
    ].join(' '),
    next,
    requestIds,
  });
  const safe = `${doneParts(ending)}Nothing is lost: ${resume}`;
  switch (ending.exit) {
    case 4:
      return words(
        faultOf(ending),
        stopMessage(ending),
        `${doneParts(ending)}Nothing is lost. Set it right, then: ${resume}`,
      );
    case 7:
      return words('in_doubt', doubt(unsettled), adviceInDoubt(unsettled, resumeOf));
    case 5:
      return words('unavailable', stopMessage(ending), safe);
    case 8:
      return words('not_finished', notFinished(ending, unsettled), safe);
    case 1:
    case 3:
      return words(
        'not_completed',
        endedBadly(ending.receipts),
        adviceOnEnded(ending.receipts, {
          resume: resumeOf,
          of: (command) => `${ending.invocation} ${command}`,
        }),
      );
    default:
      return words('interrupted', `Stopped by ${ending.signal}.`, safe);
  }
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

function doneParts({ receipts }: Ending): string {
  const only = receipts.length === 1 ? receipts[0] : undefined;
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

function unsent(unsettled: readonly Receipt[]): string[] {
  const steps = unsettled.flatMap((receipt) =>
    receipt.steps.filter((step) => step.state === 'planned'),
  );
  const untried = steps.filter((step) => step.attempts === 0);
  const tried = steps.filter((step) => step.attempts > 0);
  return [...named('Not even sent yet', untried), ...named('Tried, not accepted yet', tried)];
}

function named(what: string, steps: readonly ReceiptStep[]): string[] {
  if (steps.length === 0) return [];
  return [
    `${what}: ${steps.length > 4 ? count(steps.length, 'step') : list(steps.map(stepName))}.`,
  ];
}

function stepName(step: ReceiptStep): string {
  return `${PROVIDER[step.provider]} ${OPERATION[step.operation]}`;
}

function doubt(unsettled: readonly Receipt[]): string {
  const steps = unsettled.flatMap((receipt) =>
    receipt.steps
      .filter((step) => step.state === 'in_doubt')
      .map((step) => `${stepName(step)} of ${subjectName(receipt.subject.user_id)}`),
  );
  return `In doubt: a call may have arrived and its answer was lost (${list(steps)}).`;
}

function notFinished(ending: Ending, unsettled: readonly Receipt[]): string {
  const open = unsettled.filter((receipt) => receipt.state === 'open');
  const why = ending.timedOut ? 'Stopped waiting' : 'Not finished';
  const running = open.flatMap((receipt) =>
    receipt.steps.filter((step) => step.state === 'accepted').map(stepName),
  );
  const checked = open.flatMap((receipt) => receipt.steps.filter(isChecked).map(stepName));
  const where = [['running', running] as const, ['being checked', checked] as const].map(
    ([what, names]) => (names.length === 0 ? '' : `; ${what}: ${list([...new Set(names)])}`),
  );
  return `${why}: ${count(open.length, 'request')} open${where.join('')}.`;
}

/** The provider has reported it as done, and the look that follows is outstanding. */
function isChecked({ operation, state, finished_at: finishedAt }: ReceiptStep): boolean {
  return state === 'reported' && finishedAt === null && !isExport(operation);
}

/** Many are all that is open; `--resend` is for requests that are named, each of them. */
function namedIds(ids: readonly string[], flags: readonly string[]): readonly string[] {
  return ids.length > 3 && !flags.includes('--resend') ? [] : ids;
}

function unconfirmedWords({ unconfirmed }: Ending, resume: Resume): string[] {
  if (unconfirmed.length === 0) return [];
  return [
    `Not sent, since nobody confirmed it within 7 days: ${count(unconfirmed.length, 'request')}. In a terminal this asks: ${resume(unconfirmed)}.`,
  ];
}

function endedBadly(receipts: readonly Receipt[]): string {
  const parts = (['failed', 'partial', 'not_found', 'cancelled', 'closed'] as const).flatMap(
    (state) => {
      const names = receipts
        .filter((receipt) => receipt.state === state)
        .map((receipt) => subjectName(receipt.subject.user_id));
      if (names.length === 0) return [];
      return [`${state.replace('_', ' ')}: ${names.length > 5 ? names.length : list(names)}`];
    },
  );
  const text = parts.join('; ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
