import { failure } from '../../http/exchange.ts';
import { type Schema, readJson } from '../../http/json-answer.ts';
import type { Redactor } from '../../http/redaction.ts';
import type { TaskReport } from '../../requests/transitions/answers.ts';
import { type ApiConnection, noLink } from '../connection.ts';
import {
  asUnreachable,
  forgottenTask,
  misfitOf,
  unreadableTask,
  unreadableAnswer,
} from '../denial.ts';
import type { Collection, RunningCall } from '../provider.ts';
import type { SendbirdDeps } from './client.ts';
import { type Registration, contradiction, registrationFor } from './registration.ts';
import { AccessRequest, DeleteRequest, Files, type GdprRequest } from './schemas.ts';

/** A request as Sendbird shows it, or why it cannot be seen. */
export type RequestView =
  | { kind: 'request'; request: GdprRequest }
  | Exclude<TaskReport, { kind: 'running' | 'done' | 'no_data' }>;

/** A value that is not valid: a view holds no other than the id ([U], which code it gets). */
const INVALID_VALUE = 400111;

/** Looks at the request of a call; the view is asserted to be of what was asked for. */
export async function viewRequest(
  call: RunningCall,
  { client, redactor }: SendbirdDeps,
  signal: AbortSignal,
): Promise<RequestView> {
  const asked = registrationFor(call);
  const outcome = await client.viewGdprRequest(call.taskId, signal);
  const unknown =
    outcome.kind === 'absent' || (outcome.kind === 'denied' && outcome.code === INVALID_VALUE);
  if (unknown) return forgottenTask(outcome);
  if (outcome.kind === 'denied') return unreadableTask(outcome);
  if (outcome.kind !== 'ok') return asUnreachable(outcome);
  const reading = readJson(outcome.answer.text, schemaOf(asked));
  if (reading.kind !== 'fits') return misfit(misfitOf(reading));
  return reading.value.request_id === call.taskId
    ? asserted(reading.value, asked, redactor)
    : misfit('the field request_id names another request');
}

/**
 * What an entry of the list shows of the request that was asked for, asserted as a view is. Null:
 * it lacks what a view has, which may then be looked at.
 */
export function viewOfEntry(
  entry: unknown,
  asked: Registration,
  redactor: Redactor,
): RequestView | null {
  const reading = schemaOf(asked).safeParse(entry);
  return reading.success ? asserted(reading.data, asked, redactor) : null;
}

function asserted(request: GdprRequest, asked: Registration, redactor: Redactor): RequestView {
  const wrong = contradiction(request, asked);
  if (wrong === null) return { kind: 'request', request };
  const message = `Sendbird's request ${redactor.clean(request.request_id)} is not the one that was asked for: its ${wrong} differs`;
  const error = failure('wrong_answer', message, { httpStatus: 200 });
  return { kind: 'failed', status: redactor.clean(request.status), error };
}

/** How far a request is. Only `done` is done; other words than the four known ones may exist ([U]) and run on. */
export function reportOf(view: RequestView, redactor: Redactor): TaskReport {
  if (view.kind !== 'request') return view;
  const status = redactor.clean(view.request.status);
  switch (view.request.status) {
    case 'done':
      // One status for all users of a request, and no result for each (docs/providers/sendbird.md 3).
      return { kind: 'done', status, results: null };
    case 'no_data':
      return { kind: 'no_data', status };
    default:
      return { kind: 'running', status };
  }
}

/**
 * The zip of an access request that is done. `files` is one object and may be there with an empty
 * `url` (docs/providers/sendbird.md 2.6); `expires_at` 0 says nothing.
 */
export function accessFile(request: GdprRequest, connection: ApiConnection): Collection {
  const files = Files.safeParse(request.files);
  if (!files.success) {
    return noLink("Sendbird's request is done and holds no link to a file (files.url)");
  }
  const expiresAt = files.data.expires_at ?? 0;
  return connection.file(files.data.url, expiresAt > 0 ? expiresAt : null);
}

function schemaOf({ action }: Registration): Schema<GdprRequest> {
  return action === 'access' ? AccessRequest : DeleteRequest;
}

function misfit(what: string): RequestView {
  const message = `Sendbird's answer about the request does not fit: ${what}`;
  return { kind: 'unreadable', error: unreadableAnswer(message) };
}
