import type { ChalkInstance } from 'chalk';
import { daysBetween, spellDay } from '../../requests/deadline.ts';
import { quoteId } from '../../requests/ids.ts';
import type { Receipt } from '../../requests/receipt.ts';
import { isSettled } from '../../requests/state.ts';
import { freeText, wrap } from '../text.ts';
import { count, duration, inWords, list, stepName, utc } from '../words.ts';
import { checkedLines, hiddenLine, stepLines } from './step-lines.ts';

/** How a receipt is shown: colours, today's day (null on paper that is kept), the bundle's name. */
export interface Showing {
  paint: ChalkInstance;
  today: string | null;
  bundle: string | null;
}

const INDENT = '  ';

/**
 * A receipt for people, without a final line break. Ends of lines are its own; only what is said
 * about deletions and restores is wrapped, at 80 columns.
 */
export function receiptText(receipt: Receipt, { paint, today, bundle }: Showing): string {
  const checked = checkedLines(receipt);
  const hidden = hiddenLine(receipt);
  const lines = [
    `Receipt  ${paint.bold(receipt.request_id)}  ${heading(receipt)}`,
    '',
    ...stepLines(receipt, paint),
    '',
    ...(checked.length === 0 ? [] : [...checked, '']),
    `${INDENT}${dates(receipt, today)}`,
    ...extensionLines(receipt),
    ...closingLines(receipt),
  ];
  if (bundle !== null) {
    lines.push(
      `${INDENT}Bundle   ${bundle}/`,
      `${INDENT}         check it there with: sha256sum -c SHA256SUMS`,
    );
  }
  if (receipt.bundle !== null) {
    lines.push(`${INDENT}The files may name other people: review before sending.`);
  }
  const isErased = receipt.action === 'erase' && receipt.state !== 'not_found';
  const isLimited = receipt.bundle !== null || isErased;
  if (isLimited && receipt.not_covered.length > 0) {
    lines.push(`${INDENT}Not covered:`, ...receipt.not_covered.map((each) => `${INDENT}- ${each}`));
  }
  if (hidden !== null) lines.push(`${INDENT}${hidden}`);
  return lines.join('\n');
}

/** A user id in a sentence: as it is where that is plain, quoted where it is not. */
export function subjectName(userId: string): string {
  return /^[\p{L}\p{N}@._-]{1,80}$/u.test(userId) ? quotedIfOdd(userId) : quoteId(userId);
}

function heading(receipt: Receipt): string {
  const mode = receipt.mode === null ? '' : `, ${receipt.mode}`;
  const what = `${receipt.action} of ${subjectName(receipt.subject.user_id)}${mode}`;
  const reference = receipt.reference === null ? '' : `  ${quotedIfOdd(receipt.reference)}`;
  const state = receipt.state === 'completed' ? '' : `  (${inWords(receipt.state)})`;
  return `${what}${reference}${state}`;
}

/** What somebody wrote, quoted where it is not harmless as it is. */
export function quotedIfOdd(text: string): string {
  const quoted = quoteId(text);
  return quoted === `"${text}"` ? text : quoted;
}

function dates(receipt: Receipt, today: string | null): string {
  const due = `Received ${spellDay(receipt.received_on)}, due ${spellDay(receipt.due_on)}`;
  const sentences = [today === null ? due : `${due} (${left(receipt, today)})`];
  if (receipt.finished_at !== null) {
    const took = Date.parse(receipt.finished_at) - Date.parse(receipt.created_at);
    const how = receipt.state === 'completed' ? 'Done in' : 'Ended after';
    sentences.push(`${how} ${duration(Math.max(0, took))}`);
  }
  return `${sentences.join('. ')}.`;
}

function left({ due_on, state }: Receipt, today: string): string {
  const days = daysBetween(today, due_on);
  if (days < 0) return `${count(-days, 'day')} ${isSettled(state) ? 'ago' : 'overdue'}`;
  return days === 0 ? 'today is the last day' : `${count(days, 'day')} left`;
}

/** That the deadline was extended: from which day, by whom, when and why; empty where it was not. */
export function extensionLines({ extension }: Pick<Receipt, 'extension'>): string[] {
  if (extension === null) return [];
  const { first_due_on: first, operator, at, reason } = extension;
  return wrap(
    `Extended once (Art. 12(3)), before it was due on ${spellDay(first)}, by ${freeText(operator)} on ${utc(at)}: ${freeText(reason)}`,
    INDENT.length,
  );
}

/** That it was settled by hand: by whom, when and why, and what was left; empty where it was not. */
function closingLines({ closing, steps }: Pick<Receipt, 'closing' | 'steps'>): string[] {
  if (closing === null) return [];
  const { operator, at, reason } = closing;
  const rest = steps.filter((step) => step.finished_at === null);
  const said = `Closed by hand by ${freeText(operator)} on ${utc(at)}: ${freeText(reason)}`;
  const unfinished = `Not finished then, and not followed any more: ${list(rest.map(stepName))}.`;
  return [said, ...(rest.length === 0 ? [] : [unfinished])].flatMap((text) =>
    wrap(text, INDENT.length),
  );
}
