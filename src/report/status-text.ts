import type { ChalkInstance } from 'chalk';
import { lacksConfirmation } from '../requests/confirmation.ts';
import { daysBetween } from '../requests/deadline.ts';
import type { Request } from '../requests/request.ts';
import { isSettled } from '../requests/state.ts';
import { subjectName } from './receipt-text.ts';
import { OPERATION, PROVIDER, REQUEST, duration, stepMark, stepWord, waitsFor } from './words.ts';

/** What a status is shown with. */
export interface StatusShowing {
  paint: ChalkInstance;
  /** `YYYY-MM-DD`. */
  today: string;
  /** ms. */
  now: number;
}

/** How many days before it is due a request is marked. */
const SOON = 7;

const WIDTH = 80;

/** Requests for people: what it is, when it is due, how far it is; lines of 80 columns. */
export function statusTable(requests: readonly Request[], showing: StatusShowing): string | null {
  if (requests.length === 0) return null;
  return requests.map((request) => entry(request, showing)).join('\n');
}

function entry(request: Request, { paint, today, now }: StatusShowing): string {
  const due = dueText(request, today);
  const age = `${duration(Math.max(0, now - request.createdAt))} old`;
  const head = `${request.id}  ${request.action} of ${subjectName(request.subject.userId)}`;
  const steps = request.steps.map((step) => {
    const ended = step.finishedAt !== null;
    const word = stepWord(step, { ended, waits: waitsFor(step, request.steps) });
    return `${PROVIDER[step.provider]} ${OPERATION[step.operation]} ${stepMark(step, ended)} ${word}`;
  });
  if (request.steps.some((step) => lacksConfirmation(step, request.confirmedAt, now))) {
    steps.push('to be confirmed again: gdpr resume asks');
  }
  return `${head}\n  ${REQUEST[request.state]}, ${age}, ${due.urgent ? paint.red(due.text) : due.text}\n${wrapped(steps)}`;
}

/** Words joined by ` · `, on as many indented lines of 80 columns as they need. */
function wrapped(words: readonly string[]): string {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    const longer = `${last} · ${word}`;
    if (last !== undefined && longer.length <= WIDTH) lines.splice(-1, 1, longer);
    else lines.push(`  ${word}`);
  }
  return lines.join('\n');
}

function dueText({ state, dueOn }: Request, today: string): { text: string; urgent: boolean } {
  if (isSettled(state)) return { text: `due ${dueOn}`, urgent: false };
  const left = daysBetween(today, dueOn);
  if (left < 0) return { text: `due ${dueOn}, OVERDUE`, urgent: true };
  return { text: `due ${dueOn}${left <= SOON ? ', soon' : ''}`, urgent: left <= SOON };
}

/** A request as `gdpr-status/1`. */
export function statusJson(request: Request, today: string): string {
  return JSON.stringify({
    schema: 'gdpr-status/1',
    request_id: request.id,
    action: request.action,
    mode: request.mode,
    state: request.state,
    settled: isSettled(request.state),
    subject: {
      user_id: request.subject.userId,
      stream_id: request.subject.streamId,
      sendbird_id: request.subject.sendbirdId,
    },
    reference: request.reference,
    received_on: request.receivedOn,
    due_on: request.dueOn,
    overdue: !isSettled(request.state) && request.dueOn < today,
    created_at: new Date(request.createdAt).toISOString(),
    steps: request.steps.map((step) => ({
      provider: step.provider,
      operation: step.operation,
      state: step.state,
      task_id: step.taskId,
      checks: step.checks,
      next_check_at: step.nextAt === null ? null : new Date(step.nextAt).toISOString(),
    })),
  });
}
