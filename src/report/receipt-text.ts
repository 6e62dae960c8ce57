import type { ChalkInstance } from 'chalk';
import { daysBetween, spellDay } from '../requests/deadline.ts';
import { quoteId } from '../requests/ids.ts';
import type { Receipt, ReceiptStep } from '../requests/receipt.ts';
import { isSettled } from '../requests/state.ts';
import { MARK, OPERATION, PROVIDER, REQUEST, count, duration, size, stepWord } from './words.ts';

/** How a receipt is shown: colours, today's day (null on paper that is kept), the bundle's name. */
export interface Showing {
  paint: ChalkInstance;
  today: string | null;
  bundle: string | null;
}

const INDENT = '  ';

/** A receipt for people, without a final line break. Ends of lines are its own; nothing is wrapped. */
export function receiptText(receipt: Receipt, { paint, today, bundle }: Showing): string {
  const lines = [
    `Receipt  ${paint.bold(receipt.request_id)}  ${heading(receipt)}`,
    '',
    ...stepLines(receipt, paint),
    '',
    `${INDENT}${dates(receipt, today)}`,
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
  if (receipt.bundle !== null && receipt.not_covered.length > 0) {
    lines.push(`${INDENT}Not covered:`, ...receipt.not_covered.map((each) => `${INDENT}- ${each}`));
  }
  return lines.join('\n');
}

/** A user id in a sentence: as it is where that is plain, quoted where it is not. */
export function subjectName(userId: string): string {
  const isPlain = /^[\p{L}\p{N}@._-]{1,80}$/u.test(userId) && quoteId(userId) === `"${userId}"`;
  return isPlain ? userId : quoteId(userId);
}

function heading(receipt: Receipt): string {
  const what = `${receipt.action} of ${subjectName(receipt.subject.user_id)}`;
  const reference = receipt.reference === null ? '' : `  ${quotedIfOdd(receipt.reference)}`;
  const state = receipt.state === 'completed' ? '' : `  (${REQUEST[receipt.state]})`;
  return `${what}${reference}${state}`;
}

function quotedIfOdd(text: string): string {
  const quoted = quoteId(text);
  return quoted === `"${text}"` ? text : quoted;
}

function stepLines(receipt: Receipt, paint: ChalkInstance): string[] {
  const names = receipt.steps.flatMap((step) => filesOf(step).map(({ name }) => name.length));
  const width = Math.max(0, ...names);
  let last = '';
  return receipt.steps.flatMap((step) => {
    const provider = step.provider === last ? '' : PROVIDER[step.provider];
    last = step.provider;
    const start = `${INDENT}${provider.padEnd(10)}${OPERATION[step.operation].padEnd(8)} `;
    const mark = paintMark(step, paint);
    const margin = ' '.repeat(start.length + 3);
    const files = filesOf(step).map(({ name, facts }) =>
      facts === null ? name : `${name.padEnd(width)}  ${facts}`,
    );
    return [...files, ...remarks(step)].map((text, index) =>
      index === 0 ? `${start}${mark}  ${text}` : `${margin}${text}`,
    );
  });
}

/** The files of a step; the step's state in words where there is none. */
function filesOf(step: ReceiptStep): { name: string; facts: string | null }[] {
  if (step.artifacts.length === 0) return [{ name: stepWord(step), facts: null }];
  return step.artifacts.map(({ path, format, bytes, records }) => {
    const what = format === 'zip' ? 'file' : 'record';
    return {
      name: path,
      facts: `${size(bytes).padStart(8)}  ${count(records, what).padStart(14)}`,
    };
  });
}

function paintMark(step: ReceiptStep, paint: ChalkInstance): string {
  const mark = MARK[step.state];
  if (mark === '✓') return paint.green(mark);
  return mark === '✗' || mark === '?' ? paint.red(mark) : mark;
}

function remarks(step: ReceiptStep): string[] {
  return [step.error?.message, step.note].filter((text) => text !== null && text !== undefined);
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
