import type { Redactor } from '../../http/redaction.ts';
import type { TaskReport } from '../../requests/transitions/answers.ts';
import { checkAll } from '../check-all.ts';
import type { RunningCall } from '../provider.ts';
import type { SendbirdDeps } from './client.ts';
import { registrationFor } from './registration.ts';
import { type RequestView, reportOf, viewOfEntry, viewRequest } from './request-view.ts';
import { EntryPage, Files, Handle } from './schemas.ts';
import { turnPages } from './search.ts';

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
