import { failure } from '../../http/exchange.ts';
import { type Schema, readJson } from '../../http/json-answer.ts';
import type { Redactor } from '../../http/redaction.ts';
import type { TaskReport } from '../../requests/transitions/answers.ts';
import { checkAll } from '../check-all.ts';
import { type ApiConnection, noLink } from '../connection.ts';
import {
  asUnreachable,
  forgottenTask,
  misfitOf,
  unreadableAnswer,
  unreadableTask,
} from '../denial.ts';
import type { Collection, RunningCall } from '../provider.ts';
import type { SendbirdDeps } from './client.ts';
import { type Registration, contradiction, registrationFor } from './registration.ts';
import {
  AccessRequest,
  DeleteRequest,
  EntryPage,
  Files,
  type GdprRequest,
  Handle,
} from './schemas.ts';
import { turnPages } from './search.ts';

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
function viewOfEntry(entry: unknown, asked: Registration, redactor: Redactor): RequestView | null {
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

/** So many pages with nothing but strangers, and the rest is asked for by id. */
const STRANGE_PAGES = 20;

/**
 * How far the requests of these calls are: one by its id, several from the list, 100 to a page.
 * What the list does not show is asked for by id: how long it keeps a request is unconfirmed ([U]).
 */
export async function check(
  calls: readonly RunningCall[],
  deps: SendbirdDeps,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, TaskReport>> {
  const listed = calls.length < 2 ? new Map() : await checkListed(calls, deps, signal);
  const rest = calls.filter(({ id }) => !listed.has(id));
  const asked = await checkAll(rest, async (call) =>
    reported(await viewRequest(call, deps, signal), deps),
  );
  return new Map([...listed, ...asked]);
}

/**
 * The reports that the list gives, by call id. It is read until all are found or it ends, and no
 * longer than it saves calls: pages of strangers count up to as many as calls are still to be
 * found, 20 at most. Its order does not matter ([U]). A page that cannot be read ends it too;
 * refused credentials are the answer for all that are left.
 */
async function checkListed(
  calls: readonly RunningCall[],
  deps: SendbirdDeps,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, TaskReport>> {
  const { client, redactor } = deps;
  const reports = new Map<string, TaskReport>();
  const missing = new Set(calls);
  const pages = turnPages(EntryPage, (token) => client.listGdprRequests(token, signal));
  let strange = 0;
  for await (const turn of pages) {
    if (turn.kind === 'again') continue;
    if (turn.kind === 'credentials') for (const { id } of missing) reports.set(id, turn);
    if (turn.kind !== 'page') break;
    const views = viewsIn(turn.page.requests, missing, redactor);
    for (const [call, view] of views) {
      reports.set(call.id, reported(view, deps));
      missing.delete(call);
    }
    if (views.size === 0) strange += 1;
    if (missing.size === 0 || strange >= Math.min(STRANGE_PAGES, missing.size)) break;
  }
  return reports;
}

/** What a view says; the link of a file that is there is remembered for who fetches it next. */
function reported(view: RequestView, { redactor, fresh }: SendbirdDeps): TaskReport {
  const report = reportOf(view, redactor);
  // [U]: whether entries of the list have links at all.
  const hasLink = view.kind === 'request' && Files.safeParse(view.request.files).success;
  if (hasLink && report.kind === 'done') fresh.keep(view.request.request_id, view.request);
  return report;
}

/** What a page shows of the calls that are looked for; entries that do not fit are left out. */
function viewsIn(
  entries: readonly unknown[],
  wanted: ReadonlySet<RunningCall>,
  redactor: Redactor,
): ReadonlyMap<RunningCall, RequestView> {
  const byId = new Map<string, unknown>();
  for (const entry of entries) {
    const handle = Handle.safeParse(entry);
    if (handle.success) byId.set(handle.data.request_id, entry);
  }
  const views = new Map<RunningCall, RequestView>();
  for (const call of wanted) {
    const entry = byId.get(call.taskId);
    if (entry === undefined) continue;
    const view = viewOfEntry(entry, registrationFor(call), redactor);
    if (view !== null) views.set(call, view);
  }
  return views;
}
