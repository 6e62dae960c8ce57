import { lacksConfirmation } from '../../requests/confirmation.ts';
import { daysBetween, dueNow } from '../../requests/deadline.ts';
import { receiptOf } from '../../requests/receipt.ts';
import type { Request } from '../../requests/request.ts';
import { SOON } from '../due-words.ts';
import { adviceInDoubt, adviceOnEnded } from '../ending/advice.ts';
import { runOutcomeOf } from '../ending/outcome.ts';
import { wrap } from '../text.ts';
import type { Shown } from './status-json.ts';
import type { StatusShowing } from './status-text.ts';

/** `invocation` is how a command is called, up to its name: `gdpr --profile sandbox`. */
export interface DetailShowing extends StatusShowing {
  invocation: string;
}

const START = '  Next     ';

/** A blank at which no line is broken: half a command is another one, and somebody may run it. */
const GLUE = '\u00a0';

/** What there is to do about a request that is not settled. */
export function nextLines({ request, heldBy }: Shown, showing: DetailShowing): string[] {
  const words = [
    heldBy === null ? advice(request, showing) : 'Nothing: it goes on there.',
    ...lateAdvice(request, showing),
  ];
  return words
    .flatMap((text, index) => wrap(text, START.length, index === 0 ? START : ''))
    .map((line) => line.replaceAll(GLUE, ' '));
}

function advice(request: Request, { invocation, now }: DetailShowing): string {
  const { id, state, steps, confirmedAt } = request;
  const resume = (ids: readonly string[], ...flags: string[]): string =>
    command(invocation, 'resume', ...flags, ...ids);
  const of = (words: string): string => command(invocation, words);
  const { outDir } = request;
  const receipt = receiptOf(request, outDir === null ? null : `${outDir}/${id}`);
  if (state === 'in_doubt') return adviceInDoubt([receipt], resume);
  if (state === 'failed' || state === 'partial') {
    const ended = adviceOnEnded(runOutcomeOf([receipt]), { resume, of }).replace(/\.$/, '');
    return `${ended}; to settle it by hand: ${command(invocation, 'close', id, '--reason <text>')}`;
  }
  return steps.some((step) => lacksConfirmation(step, confirmedAt, now))
    ? `To confirm and carry on, in a terminal: ${resume([id])}`
    : `To carry on: ${resume([id])}`;
}

/** When time runs out, and an extension could still be decided. */
function lateAdvice(request: Request, { today, invocation }: DetailShowing): string[] {
  const left = daysBetween(today, dueNow(request));
  if (request.extension !== null || left < 0 || left > SOON) return [];
  const extend = command(invocation, 'extend', request.id, '--until <date> --reason <text>');
  return [`If it takes longer, and there is a reason: ${extend}`];
}

function command(...words: readonly string[]): string {
  return words.join(' ').replaceAll(' ', GLUE);
}
