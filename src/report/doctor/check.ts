import type { ChalkInstance } from 'chalk';
import { freeText, wrap } from '../text.ts';
import { count } from '../words.ts';

/** What one check has come to. `next`: what to do about it; null: nothing, or the message says it. */
export interface Check {
  /** Its name, the same in every version. */
  check: string;
  state: 'ok' | 'warning' | 'fault';
  message: string;
  next: string | null;
}

export function ok(check: string, message: string): Check {
  return { check, state: 'ok', message, next: null };
}

export function warning(check: string, message: string, next: string | null = null): Check {
  return { check, state: 'warning', message, next };
}

export function fault(check: string, message: string, next: string): Check {
  return { check, state: 'fault', message, next };
}

/** Words of somebody else's as a sentence, with one full stop at its end. */
export function sentence(words: string): string {
  return `${words.replace(/[.\s]+$/, '')}.`;
}

const WORD = {
  ok: { word: 'ok', colour: 'green' },
  warning: { word: 'WARN', colour: 'yellow' },
  fault: { word: 'FAULT', colour: 'red' },
} as const;

/** Where what is said begins. */
const COLUMN = 7;

/** A check on as many lines of 80 columns as it needs: its state in a word, what it is, what to do. */
export function checkText({ check, state, message, next }: Check, paint: ChalkInstance): string {
  const { word, colour } = WORD[state];
  const [first = '', ...more] = linesOf(message);
  const [head = '', ...rest] = wrap(`${check}: ${first}`, COLUMN, word);
  const below = [...more, ...linesOf(next === null ? '' : `Next: ${next}`)];
  return [
    paint[colour](word) + head.slice(word.length),
    ...rest,
    ...below.flatMap((line) => wrap(line, COLUMN)),
  ].join('\n');
}

/** How many of the checks came to what: `24 checks: 22 ok, 1 warning, 1 fault.` */
export function tallyText(checks: readonly Check[]): string {
  const number = (state: Check['state']): number =>
    checks.filter((each) => each.state === state).length;
  const warnings = count(number('warning'), 'warning');
  const faults = count(number('fault'), 'fault');
  return `${count(checks.length, 'check')}: ${number('ok')} ok, ${warnings}, ${faults}.`;
}

/** The document `gdpr-doctor/1`. */
export function doctorJson(checks: readonly Check[]): string {
  return JSON.stringify({ schema: 'gdpr-doctor/1', checks });
}

/** Nothing invisible, no colour of somebody else's: paths and names may hold anything. */
function linesOf(text: string): string[] {
  const lines = text.split('\n').map((line) => freeText(line.trim()));
  return lines.filter((line) => line !== '');
}
