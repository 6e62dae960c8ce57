import { daysBetween, dueNow } from '../requests/deadline.ts';
import { OPERATIONS, isExport } from '../requests/operations.ts';
import type { ReceiptStep } from '../requests/receipt.ts';
import type { ProviderName, Request, Step, StepState } from '../requests/request.ts';
import { isSettled } from '../requests/state.ts';

/** The one place for how things are called in front of people. */

export const PROVIDER: Readonly<Record<ProviderName, string>> = {
  stream: 'Stream',
  sendbird: 'Sendbird',
};

/** A step in front of people: `Stream users`. */
export function stepName({ provider, operation }: Pick<Step, 'provider' | 'operation'>): string {
  return `${PROVIDER[provider]} ${OPERATIONS[operation].label}`;
}

/** The mark and the word for each state. */
const STEP: Readonly<Record<StepState, readonly [mark: string, word: string]>> = {
  planned: ['·', 'not sent yet'],
  intended: ['·', 'being sent'],
  accepted: ['…', 'running'],
  reported: ['…', 'ready, not fetched yet'],
  succeeded: ['✓', 'done'],
  failed: ['✗', 'failed'],
  not_found: ['–', 'not found'],
  no_data: ['✗', 'no data'],
  unsupported: ['–', 'not possible here'],
  already_active: ['–', 'already active'],
  not_sent: ['✗', 'not sent'],
  cancelled: ['–', 'cancelled'],
  in_doubt: ['?', 'in doubt'],
};

/** What the words for a step are chosen by: it is as the ledger has it, or as a receipt shows it. */
type Worded = Pick<Step, 'operation' | 'state' | 'attempts'> &
  (Pick<Step, 'finishedAt'> | Pick<ReceiptStep, 'finished_at'>);

function hasEnded(step: Worded): boolean {
  return ('finishedAt' in step ? step.finishedAt : step.finished_at) !== null;
}

/**
 * A step's state in words, among the steps of its request. One that was tried may have reached the
 * provider: not "not sent".
 */
export function stepWord(step: Worded, siblings: readonly Waiting[]): string {
  const { operation, state, attempts } = step;
  const waits = waitsFor(step, siblings);
  if (waits !== null) return `waits for ${waits}`;
  if (state === 'planned' && attempts > 0) return 'tried, not accepted yet';
  if (state === 'reported' && !isExport(operation)) {
    if (isBeingChecked(step)) return 'reported done, being checked';
    return OPERATIONS[operation].does === 'restore'
      ? 'reported done, not visible'
      : 'reported done, still visible';
  }
  return STEP[state][1];
}

/** A step's mark. What a look-up contradicts is no success, whatever the provider reported. */
export function stepMark(step: Worded): string {
  return STEP[step.state === 'reported' && hasEnded(step) ? 'failed' : step.state][0];
}

type Waiting = Pick<Step, 'operation' | 'state'>;

/** Its provider has reported it as done, and the look that follows is outstanding. */
export function isBeingChecked(step: Worded): boolean {
  return step.state === 'reported' && !hasEnded(step) && !isExport(step.operation);
}

const RUNNING: ReadonlySet<StepState> = new Set(['planned', 'intended', 'accepted', 'in_doubt']);

/** What a deletion that is not sent waits for among the steps of its request; null: nothing there. */
export function waitsFor(
  { operation, state }: Waiting,
  siblings: readonly Waiting[],
): string | null {
  if (state !== 'planned') return null;
  const { after } = OPERATIONS[operation];
  const isOpen = (each: Waiting): boolean =>
    RUNNING.has(each.state) || (isExport(each.operation) && each.state === 'reported');
  const ahead = siblings.filter((each) => after.includes(each.operation) && isOpen(each));
  if (ahead.some((each) => isExport(each.operation))) return 'the export';
  const [first] = ahead;
  return first === undefined ? null : OPERATIONS[first.operation].label;
}

/** A state of ours in words: `not_found` is `not found`. */
export function inWords(state: string): string {
  return state.replace('_', ' ');
}

/** A number of bytes for people: `812 KB`, `1.2 MB`. */
export function size(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value >= 99.5 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** A duration (ms) for people: `0.4 s`, `42 s`, `3 min`, `2 h 5 min`, `3 days`. */
export function duration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 119.5) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.round(hours / 24)} days`;
}

/** An instant (ISO 8601, UTC) to the minute, as people read it: `2026-11-20 09:00 UTC`. */
export function utc(instant: string): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC`;
}

/** A number for people: `1,204`. */
export function figure(number: number): string {
  return number.toLocaleString('en-US');
}

/** `1 record`, `1,204 records`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${figure(number)} ${number === 1 ? one : many}`;
}

/** Words joined as people do: `a`, `a and b`, `a, b and c`. */
export function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** A text that begins a sentence. */
export function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** The first of so many, and how many more there are. */
export function andMore(
  first: readonly string[],
  number: number,
  words: (more: number) => string,
): string[] {
  const more = number - first.length;
  return more > 0 ? [...first, words(more)] : [...first];
}

export function morePeople(more: number): string {
  return `and ${count(more, 'person', 'people')} more`;
}

/** A text as one word of a shell, with everything invisible spelled out (bash, zsh, ksh). */
export function shellWord(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  if (!INVISIBLE.test(text)) return `'${text.replaceAll("'", `'\\''`)}'`;
  const escaped = text
    .replaceAll(/[\\']/g, (character) => `\\${character}`)
    .replaceAll(EVERY_INVISIBLE, spelledOut);
  return `$'${escaped}'`;
}

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029]|(?! )\p{Zs}/u;
const EVERY_INVISIBLE = new RegExp(INVISIBLE, 'gu');

function spelledOut(character: string): string {
  return `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`;
}

/** How many days before it is due a request is marked. */
export const SOON = 7;

type Due = Pick<Request, 'state' | 'dueOn' | 'extension'>;

/** What is to be said when time runs out; null: it is settled, or there is time. */
export function dueMark(request: Due, today: string): string | null {
  if (isSettled(request.state)) return null;
  const left = daysBetween(today, dueNow(request));
  if (left < 0) return `OVERDUE by ${count(-left, 'day')}`;
  if (left === 0) return 'DUE TODAY';
  return left <= SOON ? `due in ${count(left, 'day')}` : null;
}

/** How old something is, in one unit: `42 s`, `9 min`, `23 h`, `5 days`. */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h`;
  return count(Math.floor(seconds / 86_400), 'day');
}
