import type { App } from '../../app.ts';
import { GdprError } from '../../errors.ts';
import { subjectName } from '../../report/receipt/receipt-text.ts';
import type { Confirmation } from '../../requests/confirmation.ts';
import { quoteId } from '../../requests/ids.ts';
import type { Needs } from '../../requests/plan/preview.ts';
import { askingGuard, enforce } from './guards.ts';
import { printLastWords, signalName } from './output.ts';
import { readAnswer } from './prompt.ts';

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
export type ConfirmAnswer =
  | { kind: 'yes'; confirmation: Confirmation }
  | { kind: 'stopped'; exit: number };

const INTERRUPTED = 130;

/**
 * Asks for a yes on stderr (docs/spec.md 3): the user id typed out, or the number of several, for
 * what cannot be undone; yes or no for the rest; nobody where `yes` answers or nothing is sent.
 * Compared as it was typed: nothing is trimmed or folded. When it was stopped, that has been said.
 * Throws GdprError `guard` for any other answer, the end of the input included. Whether there is
 * somebody to ask is the caller's to know (`askingGuard`).
 */
export async function askToConfirm(
  question: Question,
  yes: boolean,
  app: App,
): Promise<ConfirmAnswer> {
  const { operator } = await app.settings();
  const by = (how: Confirmation['how']): ConfirmAnswer => ({
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

/**
 * What somebody types to go on: the user id of one person, the number of several. Typing what is
 * shown is always right: an id that is no plain word stands on a line of its own as it is, and for
 * one that cannot be shown, or be typed, the number stands in. `above`: lines above the question.
 */
function expectedOf(only: string | null, number: number) {
  if (only !== null) {
    if (subjectName(only) === only) {
      return { text: only, above: [], message: `Type ${only} to go ahead:` };
    }
    if (isTypable(only)) {
      const above = ['To go ahead, type what stands on the next line, exactly:', only];
      return { text: only, above, message: 'Type it to go ahead:' };
    }
  }
  const text = String(number);
  return { text, above: [], message: `Type ${text} (how many they are) to go ahead:` };
}

/** Whether an id can be seen whole, and typed: nothing is cut, invisible, or composed in two ways. */
function isTypable(id: string): boolean {
  const quoted = JSON.stringify(id);
  return quoteId(id) === quoted && !/\p{M}|\p{Bidi_Control}/u.test(id) && id.normalize() === id;
}

/** A question whose plan stands above it, and what `--yes` is for. */
export interface YesOrNo {
  yes: boolean;
  /** What is to be done, said before the question. */
  plan: string;
  /** What is true without a yes: `Nothing was closed.` */
  safe: string;
  /** When `--yes` is right: `If that is right: add --yes`. */
  advice: string;
}

/**
 * Says a plan and asks yes or no. Resolves to an exit code when a signal or Ctrl-C came instead;
 * null: go on. Throws GdprError `guard` for a no, and where nobody can be asked.
 */
export async function askYesOrNo(
  { yes, plan, safe, advice }: YesOrNo,
  app: App,
): Promise<number | null> {
  const next = `${safe} ${advice}`;
  enforce(askingGuard(yes, app).map((each) => ({ ...each, next })));
  const { quiet, json } = app.flags;
  if (!yes || !(quiet || json)) app.host.stderr.write(`${plan}\n`);
  try {
    const answer = await askToConfirm(
      { needs: 'answered', userId: null, number: 1, safe },
      yes,
      app,
    );
    return answer.kind === 'stopped' ? answer.exit : null;
  } catch (thrown) {
    if (!(thrown instanceof GdprError && thrown.fault === 'guard')) throw thrown;
    throw new GdprError('guard', thrown.message, { next, cause: thrown });
  }
}
