import { failure } from '../../http/failure.ts';
import { readJson } from '../../http/json-answer.ts';
import type { Redactor } from '../../http/redaction.ts';
import type { TaskReport } from '../../requests/outcome.ts';
import { type Outcome, unreachable } from './denial.ts';
import { type Registration, contradiction } from './request.ts';
import { AccessRequest, DeleteRequest, type GdprRequest } from './schemas.ts';

/** A request as Sendbird shows it, or why it cannot be seen. */
export type RequestView =
  | { kind: 'request'; request: GdprRequest }
  | Exclude<TaskReport, { kind: 'running' | 'done' | 'no_data' }>;

/** A value that is not valid: a view holds no other than the id ([U], which code it gets). */
const INVALID_VALUE = 400111;

/** Reads the view of request `requestId`, which must be the one that was asked for. */
export function viewOf(
  outcome: Outcome,
  requestId: string,
  asked: Registration,
  redactor: Redactor,
): RequestView {
  const unknown =
    outcome.kind === 'absent' || (outcome.kind === 'denied' && outcome.code === INVALID_VALUE);
  if (unknown) {
    const { message, ...facts } = outcome.error;
    return { kind: 'forgotten', error: failure('task_lost', message, { ...facts, passing: true }) };
  }
  // An answer about this request: it says nothing about the others.
  if (outcome.kind === 'denied') {
    return { kind: 'unreadable', error: { ...outcome.error, passing: true } };
  }
  if (outcome.kind !== 'ok') return unreachable(outcome);
  const { text } = outcome.answer;
  const reading =
    asked.action === 'access' ? readJson(text, AccessRequest) : readJson(text, DeleteRequest);
  if (reading.kind === 'not_json') return unreadable('it is not JSON');
  if (reading.kind === 'misfit') return unreadable(`the field ${reading.field}`);
  const request = reading.value;
  if (request.request_id !== requestId) {
    return unreadable('the field request_id names another request');
  }
  const wrong = contradiction(request, asked);
  if (wrong === null) return { kind: 'request', request };
  const message = `Sendbird's request ${redactor.clean(requestId)} is not the one that was asked for: its ${wrong} differs`;
  const error = failure('wrong_answer', message, { httpStatus: 200 });
  return { kind: 'failed', status: redactor.clean(request.status), error };
}

/** How far a request is. Only `done` is done; other words than the four known ones may exist ([U]) and run on. */
export function reportOf(view: RequestView, redactor: Redactor): TaskReport {
  if (view.kind !== 'request') return view;
  const status = redactor.clean(view.request.status);
  switch (view.request.status) {
    case 'done':
      // One status for all users of a request, and no result for each (api/sendbird.md section 3).
      return { kind: 'done', status, results: null };
    case 'no_data':
      return { kind: 'no_data', status };
    default:
      return { kind: 'running', status };
  }
}

function unreadable(what: string): RequestView {
  const message = `Sendbird's answer about the request does not fit: ${what}`;
  return { kind: 'unreadable', error: failure('unreadable_answer', message, { httpStatus: 200 }) };
}
