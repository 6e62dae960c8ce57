import type { Request, Step } from '../requests/request.ts';
import type { CancelEnd } from '../requests/state.ts';
import type { CancelEffect, Cancellable } from '../requests/transitions/cancelled.ts';
import type { LastWords } from './ending/last-words.ts';
import { subjectName } from './receipt/receipt-text.ts';
import { wrap } from './text.ts';
import { eachOnce, requestText, whereOfAll, whereText } from './where-text.ts';
import { andMore, count, inWords, stepName, utc } from './words.ts';

/** A request, and what cancelling can do about each of its steps that has not ended. */
export interface Cancelling {
  request: Request;
  effects: readonly Cancellable[];
}

/** How many requests are shown one by one. */
const SHOWN = 20;

/** What cancelling will do and what it cannot do, before the question; lines of 80 columns. */
export function cancelText(cases: readonly Cancelling[]): string {
  const shown = cases
    .slice(0, SHOWN)
    .map(({ request, effects }) =>
      [
        ...wrap(requestText(request), 2),
        ...(effects.length === 0 ? [`    nothing: it has ended (${inWords(request.state)})`] : []),
        ...effects.flatMap(({ step, call, effect }) =>
          wrap(`${stepName(step)}: ${effectWords(effect, step, call?.intendedAt ?? null)}`, 4),
        ),
      ].join('\n'),
    );
  return [
    ...wrap(`To be cancelled, ${whereOfAll(cases.map(({ request }) => request))}:`),
    ...andMore(shown, cases.length, (more) => `  and ${count(more, 'request')} more`),
  ].join('\n');
}

function effectWords(effect: CancelEffect, step: Step, sentAt: number | null): string {
  switch (effect.kind) {
    case 'unsent':
      return 'not sent yet, and will not be';
    case 'left_off':
      return 'may have been sent: it is not sent again, and what it may have started goes on';
    case 'in_doubt':
      return 'may have been sent: it stays in doubt, and is not sent again by itself';
    case 'withdraw': {
      const at = sentAt === null ? '' : ` ${utc(new Date(sentAt).toISOString())}`;
      const others = step.subjects - 1;
      const together = others > 0 ? `, together with ${count(others, 'other')}` : '';
      return `sent${at}${together}: Sendbird is asked to take it back, which it does until it begins`;
    }
    case 'goes_on':
      return `goes on: ${WHY_ON[effect.why]}`;
  }
}

/** Why a step cannot be withdrawn. */
export const WHY_ON: Readonly<Record<Extract<CancelEffect, { kind: 'goes_on' }>['why'], string>> = {
  stream: 'Stream has no way to take a task back',
  adopted:
    "its task was found in Sendbird's list after the answer was lost, and may be somebody else's",
  done: 'its provider has ended it already',
};

/** What became of one step that was to be withdrawn. */
export interface CancelledStep {
  end: CancelEnd;
  /** Which, and of whom: `Sendbird account of ada`. */
  name: string;
  /** Why it is not withdrawn; null: it is. */
  why: string | null;
}

/** How many steps are named. */
const NAMED = 5;

/** What is said at the end of a cancellation that did not withdraw all. */
export function cancelWords(
  exit: number,
  ends: readonly CancelledStep[],
  ids: readonly string[],
  invocation: string,
): LastWords {
  const done = ends.filter(({ end }) => end === 'withdrawn').length;
  const rest = ends.filter(({ end }) => end !== 'withdrawn');
  const named = rest.slice(0, NAMED).map(({ name, why }) => `${name} (${why})`);
  const more = rest.length > NAMED ? ` and ${count(rest.length - NAMED, 'more', 'more')}` : '';
  const message =
    ends.length === 0
      ? 'Nothing is left to withdraw: all of it has ended.'
      : `${done === 0 ? 'Nothing was withdrawn.' : `Withdrawn: ${count(done, 'step')}.`} Not withdrawn: ${named.join('; ')}${more}.`;
  return {
    code: CODE[exit] ?? 'interrupted',
    message,
    next: nextOf(exit, ids, invocation),
    requestIds: ids,
  };
}

const CODE: Readonly<Record<number, string>> = {
  1: 'not_withdrawn',
  3: 'not_withdrawn',
  4: 'credentials',
  5: 'unavailable',
  7: 'in_doubt',
};

function nextOf(exit: number, ids: readonly string[], invocation: string): string {
  const all = ids.join(' ');
  switch (exit) {
    case 1:
    case 3:
      return `What goes on is followed by: ${invocation} resume ${all}. To settle one by hand: ${invocation} close <request> --reason <text>`;
    case 7:
      return `Nothing is sent again by itself. To see what has become of it: ${invocation} resume ${all}`;
    case 4:
      return `Nothing else was changed. Set it right, then: ${invocation} cancel ${all}`;
    default:
      return `Nothing else was changed. To try the rest again: ${invocation} cancel ${all}`;
  }
}

/** What closing leaves behind, before the question; `going` are the steps that go on, or may. */
export function closeText(
  { id, action, subject, profile, steps }: Request,
  going: readonly Step[],
): string {
  const where = whereText({ profile, accounts: eachOnce(steps) }, subject);
  const unsent = steps.filter((step) => step.finishedAt === null && !going.includes(step));
  return [
    ...wrap(`This closes ${id}, ${action} of ${subjectName(subject.userId)}, by hand, ${where}.`),
    ...going.flatMap((step) => goingLine(step, GOING[step.state] ?? 'goes on')),
    ...unsent.flatMap((step) => goingLine(step, 'was not sent, and will not be')),
    ...wrap('No gdpr follows it any more; what is in its bundle stays.'),
  ].join('\n');
}

const GOING: Readonly<Partial<Record<Step['state'], string>>> = {
  intended: 'may have been sent, and takes its course then',
  planned: 'may have been sent, and takes its course then',
  in_doubt: 'may have been sent, and takes its course then',
  accepted: 'runs there, and is carried out all the same',
  reported: 'is done there; what is left is not fetched or looked at',
  no_data: 'has ended there; nobody looks why',
};

function goingLine(step: Step, what: string): string[] {
  const task = step.taskId === null ? '' : ` (task ${step.taskId})`;
  return wrap(`${stepName(step)} ${what}${task}.`, 2);
}
