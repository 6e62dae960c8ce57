import type { App } from '../app.ts';
import { GdprError } from '../errors.ts';
import type { Confirmation } from '../requests/confirmation.ts';
import type { Needs } from '../requests/proposal.ts';
import { expectedOf } from './expected.ts';
import { readAnswer } from './prompt.ts';
import { printLastWords, signalName } from './talk.ts';

/** What somebody is asked to say yes to. */
export interface Question {
  needs: Needs;
  /** The user id of the only subject, as the operator knows it; null: there are several. */
  userId: string | null;
  /** How many subjects. */
  number: number;
  /** What is true if there is no yes: `Nothing was sent or recorded.` */
  safe: string;
}

/** A yes, for the record; or the exit code when a signal or Ctrl-C came instead. */
export type Answer =
  | { kind: 'yes'; confirmation: Confirmation }
  | { kind: 'stopped'; exit: number };

const INTERRUPTED = 130;

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
  if (app.host.stop.aborted) return { kind: 'stopped', exit: interrupted(question.safe, app) };
  if (question.needs === 'nothing_to_send') return by('nothing_to_send');
  if (yes) return by('flag');
  const said = await ask(question, app);
  if (said.kind === 'stopped') return { kind: 'stopped', exit: interrupted(question.safe, app) };
  if (said.kind === 'yes') return by(question.needs);
  throw new GdprError('guard', 'Not confirmed.', {
    next: `${question.safe} To see the plan again: the same command with --dry-run.`,
  });
}

/** Says that a signal, or Ctrl-C at a question, ended it, and what is safe; answers with the exit code. */
export function interrupted(safe: string, app: App): number {
  const { stop } = app.host;
  const exit = stop.aborted ? Number(stop.reason) : INTERRUPTED;
  const message = `Stopped by ${signalName(exit)}.`;
  printLastWords({ code: 'interrupted', exit, message, next: safe, requestIds: [] }, app);
  return exit;
}

async function ask(
  { needs, userId, number }: Question,
  { host }: App,
): Promise<{ kind: 'yes' | 'no' | 'stopped' }> {
  if (needs !== 'typed') {
    const reply = await readAnswer({ kind: 'yes_or_no', message: 'Go ahead?' }, host);
    return reply.kind === 'text' ? { kind: reply.text === 'yes' ? 'yes' : 'no' } : reply;
  }
  const { text, above, message } = expectedOf(userId, number);
  for (const line of above) host.stderr.write(`${line}\n`);
  const reply = await readAnswer({ kind: 'text', message }, host);
  return reply.kind === 'text' ? { kind: reply.text === text ? 'yes' : 'no' } : reply;
}
