import type { ChalkInstance } from 'chalk';
import { lacksConfirmation } from '../../requests/confirmation.ts';
import { dueNow } from '../../requests/deadline.ts';
import { OPERATIONS } from '../../requests/operations.ts';
import {
  type ProviderName,
  REQUEST_STATES,
  type Request,
  type Step,
} from '../../requests/request.ts';
import { type Standings, isSettled, unsettled } from '../../requests/state.ts';
import type { LastWords } from '../ending/last-words.ts';
import { subjectName } from '../receipt/receipt-text.ts';
import { fit } from '../text.ts';
import {
  PROVIDER,
  age,
  count,
  dueMark,
  figure,
  inWords,
  list,
  stepMark,
  stepWord,
} from '../words.ts';

/** What a status is shown with. */
export interface StatusShowing {
  paint: ChalkInstance;
  /** `YYYY-MM-DD`. */
  today: string;
  /** ms. */
  now: number;
}

const WIDTH = 80;
const INDENT = '  ';

/** Request, subject, action, age, due: 80 columns with two blanks between them. */
const WIDTHS = [30, 17, 7, 8, 10] as const;

const HEAD = line(['Request', 'Subject', 'Action', 'Age', 'Due']);

/** Requests for people, a table of 80 columns: below each, what presses and how far it is. */
export function statusTable(requests: readonly Request[], showing: StatusShowing): string | null {
  if (requests.length === 0) return null;
  const head = showing.paint.bold(HEAD);
  return [head, ...requests.map((request) => entry(request, showing))].join('\n');
}

function entry(request: Request, { paint, today, now }: StatusShowing): string {
  const { id, subject, action, createdAt } = request;
  const row = line([
    id,
    subjectName(subject.userId),
    action,
    age(now - createdAt),
    dueNow(request),
  ]);
  const mark = dueMark(request, today);
  const state = request.state === 'open' ? null : inWords(request.state);
  const providers = [...new Set(request.steps.map(({ provider }) => provider))];
  const anew = request.steps.some((step) => lacksConfirmation(step, request.confirmedAt, now))
    ? 'to be confirmed again: gdpr resume asks'
    : null;
  const words = [mark, state, ...providers.map((each) => progress(each, request)), anew];
  const below = wrapped(words.filter((word) => word !== null));
  // A function, since a `$` in what replaces would mean something.
  return `${row}\n${mark === null ? below : below.replace(mark, () => paint.red(mark))}`;
}

function line(cells: readonly string[]): string {
  return WIDTHS.map((width, index) => fit(cells[index] ?? '', width))
    .join('  ')
    .trimEnd();
}

/** How far a request is at a provider: `Stream ✓ done`, `Stream … 1 of 2, users running`. */
function progress(provider: ProviderName, { steps }: Request): string {
  const own = steps.filter((step) => step.provider === provider);
  const word = (step: Step): string => stepWord(step, steps);
  const telling = own.toSorted((a, b) => weight(b) - weight(a))[0];
  if (telling === undefined) return PROVIDER[provider];
  const start = `${PROVIDER[provider]} ${stepMark(telling)}`;
  const said = word(telling);
  if (own.every((step) => word(step) === said)) return `${start} ${said}`;
  const ended = own.filter(({ finishedAt }) => finishedAt !== null).length;
  return `${start} ${ended} of ${own.length}, ${OPERATIONS[telling.operation].label} ${said}`;
}

const BAD: ReadonlySet<Step['state']> = new Set(['failed', 'no_data', 'reported']);

/** Which of a provider's steps tells most about it: what is in doubt, what went wrong, what is at work. */
function weight({ state, blocked, finishedAt }: Step): number {
  if (state === 'in_doubt') return 5;
  if (finishedAt !== null) {
    if (BAD.has(state)) return 4;
    return state === 'not_sent' ? 1 : 0;
  }
  return blocked ? 2 : 3;
}

/** Words joined by ` · `, on as many indented lines of 80 columns as they need. */
function wrapped(words: readonly string[]): string {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    const longer = `${last} · ${word}`;
    if (last !== undefined && longer.length <= WIDTH) lines.splice(-1, 1, longer);
    else lines.push(`${INDENT}${word}`);
  }
  return lines.join('\n');
}

/** The last words of a status that did not end with 0; `ids` are the unsettled ones that it showed. */
export function unsettledWords(
  { states, overdue }: Standings,
  ids: readonly string[],
  invocation: string,
): LastWords {
  const all = unsettled(states);
  const parts = REQUEST_STATES.filter((state) => !isSettled(state) && states[state] > 0).map(
    (state) => `${figure(states[state])} ${inWords(state)}`,
  );
  const late = overdue > 0 ? `; ${figure(overdue)} overdue` : '';
  return {
    code: overdue > 0 ? 'overdue' : 'unsettled',
    message: `${count(all, 'request is', 'requests are')} unsettled: ${list(parts)}${late}.`,
    next: nextOf(states, invocation),
    requestIds: ids,
  };
}

function nextOf(states: Standings['states'], invocation: string): string {
  if (states.open > 0) return `To carry on: ${invocation} resume`;
  return states.in_doubt > 0
    ? `Nothing is lost. What to do about each: ${invocation} status <request>`
    : `What arrived is kept. What to do about each: ${invocation} status <request>`;
}

/** Why a provider was not asked how far its work is. */
export interface Missed {
  provider: ProviderName;
  kind: 'credentials' | 'limited' | 'unavailable' | 'account';
  message: string;
}

const WHY: Readonly<Record<Missed['kind'], string>> = {
  credentials: 'refuses the credentials',
  limited: 'takes no more calls now',
  unavailable: 'does not answer',
  account: 'was not asked',
};

/** One line that says that what follows may be out of date, and why. */
export function missedText({ provider, kind, message }: Missed): string {
  return `${PROVIDER[provider]} ${WHY[kind]} (${message.replace(/\.$/, '')}): shown as last recorded.`;
}
