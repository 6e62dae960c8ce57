import type { App } from '../app.ts';
import { GdprError } from '../errors.ts';
import type { Confirmation } from '../requests/confirmation.ts';
import type { Needs } from '../requests/proposal.ts';
import { subjectName } from '../report/receipt-text.ts';
import { printLastWords } from './talk.ts';

/** What somebody is asked to say yes to. */
export interface Question {
  needs: Needs;
  /** The subjects' user ids, as the operator knows them. */
  userIds: readonly string[];
  /** What is true if there is no yes: `Nothing was sent or recorded.` */
  safe: string;
}

/** A yes, for the record; or the exit code when a signal or Ctrl-C came instead. */
export type Answer =
  | { kind: 'yes'; confirmation: Confirmation }
  | { kind: 'stopped'; exit: number };

const INTERRUPTED = 130;
const SIGNALS: Readonly<Record<number, string>> = { 129: 'SIGHUP', 130: 'Ctrl-C', 143: 'SIGTERM' };

/**
 * Asks for a yes on stderr (SPEC section 3): the user id typed out, or the number of several, for
 * what cannot be undone; yes or no for the rest; nobody where `yes` answers or nothing is sent.
 * Compared as it was typed: nothing is trimmed or folded. When it was stopped, that has been said.
 * Throws GdprError `guard` for any other answer, the end of the input included. Whether there is
 * somebody to ask is the caller's to know (`askingGuard`).
 */
export async function confirm(question: Question, yes: boolean, app: App): Promise<Answer> {
  const { operator } = await app.settings();
  const by = (how: Confirmation['how']): Answer => ({
    kind: 'yes',
    confirmation: { operator, how },
  });
  if (question.needs === 'nothing_to_send') return by('nothing_to_send');
  if (yes) return by('flag');
  const said = await ask(question, app);
  if (said === 'stopped') return { kind: 'stopped', exit: interrupted(question.safe, app) };
  if (said) return by(question.needs);
  throw new GdprError('guard', 'Not confirmed.', {
    next: `${question.safe} To see the plan again: the same command with --dry-run.`,
  });
}

/** Says that a signal, or Ctrl-C at a question, ended it, and what is safe; answers with the exit code. */
export function interrupted(safe: string, app: App): number {
  const { stop } = app.host;
  const exit = stop.aborted ? Number(stop.reason) : INTERRUPTED;
  const message = `Stopped by ${SIGNALS[exit] ?? 'a signal'}.`;
  printLastWords({ code: 'interrupted', exit, message, next: safe, requestIds: [] }, app);
  return exit;
}

/** No colour and no decoration: the words must stand alone. */
const THEME = {
  prefix: '?',
  style: {
    message: (text: string) => text,
    answer: (text: string) => text,
    defaultAnswer: (text: string) => `(${text})`,
  },
};

async function ask(question: Question, app: App): Promise<boolean | 'stopped'> {
  const { host } = app;
  const { input, confirm: yesOrNo } = await import('@inquirer/prompts');
  const over = new AbortController();
  const signal = AbortSignal.any([host.stop, over.signal]);
  const context = { input: host.stdin.stream, output: host.stderr.stream, signal };
  // The end of the input (Ctrl-D, a terminal that is gone) settles no prompt; it closes what reads
  // the keys, which pauses the stream. So does an answer, and that has settled it by then.
  const leave = (): void => over.abort();
  host.stdin.stream.once('pause', leave).once('end', leave);
  const expected = expectedOf(question);
  try {
    if (question.needs !== 'typed') {
      return await yesOrNo({ message: 'Go ahead?', default: false, theme: THEME }, context);
    }
    const message = `Type ${expected.shown} to go ahead:`;
    return (await input({ message, theme: THEME }, context)) === expected.text;
  } catch (thrown) {
    const name = thrown instanceof Error ? thrown.name : '';
    if (name === 'ExitPromptError' || host.stop.aborted) return 'stopped';
    if (name === 'AbortPromptError') return false;
    throw thrown;
  } finally {
    host.stdin.stream.off('pause', leave).off('end', leave);
  }
}

function expectedOf({ userIds }: Question): { text: string; shown: string } {
  const [only, ...others] = userIds;
  if (only !== undefined && others.length === 0) return { text: only, shown: subjectName(only) };
  const number = String(userIds.length);
  return { text: number, shown: `${number} (how many they are)` };
}
