import type { ProcessIdentity } from '../../host/host.ts';
import { lacksConfirmation } from '../../requests/confirmation.ts';
import { daysBetween, dueNow, spellDay } from '../../requests/deadline.ts';
import { OPERATIONS } from '../../requests/operations.ts';
import { receiptOf } from '../../requests/receipt.ts';
import type { Call, CallState, Request, Step } from '../../requests/request.ts';
import { type Commands, adviceOnUnsettled, byHand } from '../ending/advice.ts';
import { extensionLines, subjectName } from '../receipt/receipt-text.ts';
import { freeText, wrap, wrapAll } from '../text.ts';
import {
  PROVIDER,
  SOON,
  count,
  dueMark,
  duration,
  inWords,
  stepMark,
  stepWord,
  utc,
} from '../words.ts';
import type { Shown } from './status-json.ts';
import type { StatusShowing } from './status-text.ts';

const TITLE = 'Request  ';
const INDENT = '  ';
const NAME = 12;
const TEXT = 25;

/** Everything about one request, step by step, on lines of 80 columns. */
export function statusDetail(shown: Shown, showing: DetailShowing): string {
  const { request, calls, heldBy } = shown;
  const { paint, now } = showing;
  const steps = request.steps.flatMap((step, at) => {
    const isFirst = request.steps[at - 1]?.provider !== step.provider;
    return stepLines(step, isFirst ? PROVIDER[step.provider] : '', request, calls, now);
  });
  const [first = '', ...more] = wrap(heading(request), TITLE.length, TITLE);
  return [
    first.replace(request.id, () => paint.bold(request.id)).trimEnd(),
    ...more,
    '',
    ...steps,
    '',
    ...dateLines(request, showing),
    ...extensionLines(receiptOf(request, null)),
    ...holderLines(heldBy),
    ...nextLines(shown, showing),
  ].join('\n');
}

function heading({ id, action, subject, mode, reference, state }: Request): string {
  const what = `${id}  ${action} of ${subjectName(subject.userId)}${mode === null ? '' : `, ${mode}`}`;
  return `${what}${reference === null ? '' : `  ${freeText(reference)}`}  (${inWords(state)})`;
}

function stepLines(
  step: Step,
  provider: string,
  request: Request,
  calls: readonly Call[],
  now: number,
): string[] {
  const start = `${INDENT}${provider.padEnd(NAME - INDENT.length)}${OPERATIONS[step.operation].label.padEnd(10)}${stepMark(step)}`;
  const own = calls.filter(({ stepIds }) => stepIds.includes(step.id));
  const texts = [
    stepWord(step, request.steps),
    ...own.flatMap((call) => callLines(call, step)),
    ...nextLook(step, request, now),
    ...(step.error === null ? [] : [step.error.message]),
    ...(step.note === null ? [] : [step.note]),
  ];
  return wrapAll(texts, TEXT, start);
}

/** What the step waits for, if it is an instant or somebody's yes. */
function nextLook(step: Step, { confirmedAt }: Request, now: number): string[] {
  if (step.finishedAt !== null) return [];
  if (lacksConfirmation(step, confirmedAt, now)) return ['to be confirmed again'];
  if (step.blocked) return [];
  const { state, nextAt, checks } = step;
  const at = nextAt === null || nextAt <= now ? 'due now' : utc(new Date(nextAt).toISOString());
  if (state === 'accepted') return [`checked ${times(checks)}, next check ${at}`];
  if (state === 'planned') return [nextAt === null ? 'can be sent now' : `next try ${at}`];
  return [`next look ${at}`];
}

function times(checks: number): string {
  return checks === 1 ? 'once' : `${checks} times`;
}

function dateLines(request: Request, { today, now, paint }: DetailShowing): string[] {
  const mark = dueMark(request, today);
  const due = `due ${spellDay(dueNow(request))}`;
  const days = `Received ${spellDay(request.receivedOn)}, ${due}`;
  const who = `Recorded ${duration(Math.max(0, now - request.createdAt))} ago by ${freeText(request.operator)}, profile ${request.profile}.`;
  const said = mark === null ? `${days}.` : `${days}: ${paint.red(mark)}.`;
  return [`${INDENT}${said}`, ...wrap(who, INDENT.length)];
}

function holderLines(heldBy: ProcessIdentity | null): string[] {
  if (heldBy === null) return [];
  const { pid, host } = heldBy;
  return wrap(`Process ${pid} on ${host} works on it at this moment.`, INDENT.length);
}

const STATE: Readonly<Record<CallState, string>> = {
  intended: 'no answer yet',
  accepted: 'accepted',
  refused: 'not accepted',
  in_doubt: 'may have arrived, its answer is unknown',
  replaced: 'may have arrived, and another took its place',
};

/** What was sent for a step, and what came of it; the last word is said of its present call alone. */
function callLines(call: Call, step: Step): string[] {
  const { provider, taskId, stepIds, providerStatus } = call;
  const at = utc(new Date(call.intendedAt).toISOString());
  const others = stepIds.length - 1;
  const together = others === 0 ? '' : `, with ${count(others, 'other person', 'other people')}`;
  const isPresent = call.id === step.callId;
  const start = call.adopted
    ? `found in the provider's list ${at}`
    : `sent ${at}${together}: ${STATE[call.state]}`;
  const word = isPresent && providerStatus !== null && taskId !== null;
  return [
    `${start}${taskId === null ? '' : `, task ${taskId}`}`,
    ...(word ? [`${PROVIDER[provider]} says: ${providerStatus}`] : []),
  ];
}

/** `invocation` is how a command is called, up to its name: `gdpr --profile sandbox`. */
export interface DetailShowing extends StatusShowing {
  invocation: string;
}

const START = '  Next     ';

/** A blank at which no line is broken: half a command is another one, and somebody may run it. */
const GLUE = '\u00a0';

/** What there is to do about a request that is not settled. */
function nextLines({ request, heldBy }: Shown, showing: DetailShowing): string[] {
  const words = [
    heldBy === null ? advice(request, showing) : 'Nothing: it goes on there.',
    ...lateAdvice(request, showing),
  ];
  return wrapAll(words, START.length, START).map((line) => line.replaceAll(GLUE, ' '));
}

function advice(request: Request, { invocation, now }: DetailShowing): string {
  const { id, state, steps, confirmedAt } = request;
  const commands: Commands = {
    resume: (ids, ...flags) => command(invocation, 'resume', ...flags, ...ids),
    of: (words) => command(invocation, words),
  };
  if (state === 'in_doubt') return adviceOnUnsettled(request, commands);
  if (state === 'failed' || state === 'partial') {
    return `${adviceOnUnsettled(request, commands)}; ${byHand(id, commands)}`;
  }
  return steps.some((step) => lacksConfirmation(step, confirmedAt, now))
    ? `To confirm and carry on, in a terminal: ${commands.resume([id])}`
    : `To carry on: ${commands.resume([id])}`;
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
