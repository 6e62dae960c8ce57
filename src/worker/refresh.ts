import { type Holder, LeaseLost } from '../ledger/ledger.ts';
import type { Provider } from '../providers/provider.ts';
import type { Call, ProviderName, Step } from '../requests/request.ts';
import { type Unreachable, isUnreachable } from '../requests/transitions/answers.ts';
import type { Change } from '../requests/transitions/change.ts';
import { type TaskNews, reported } from '../requests/transitions/reported.ts';
import { type WorkerDeps, moment } from './context.ts';
import { reportsOn } from './jobs/check.ts';

/** So long people wait for a status, ms; what is not known by then stays as it was. */
const PATIENCE = 10_000;

/** What a refresh is handed. */
export interface Refreshing extends Pick<
  WorkerDeps,
  'ledger' | 'providers' | 'clock' | 'random' | 'pollInterval' | 'stop'
> {
  /** Its own: what it takes is given back at the end. */
  holder: Holder;
}

/** Why some of the running steps are shown as they were. */
export interface Miss {
  provider: ProviderName;
  kind: 'credentials' | 'limited' | 'unavailable' | 'account';
  message: string;
}

/** A call whose task runs, and the steps that wait for it. */
interface Running {
  call: Call;
  members: readonly Step[];
}

/** What a provider says about such a call. */
interface News extends Running {
  report: TaskNews;
}

/**
 * Asks how far the running tasks of requests are, each provider once for all of them, and records
 * it. Only of requests that nobody holds, and they are held no longer than it takes to record; it
 * sends nothing, fetches nothing and looks for nobody. Answers with what could not be asked, at most
 * one for each provider.
 */
export async function refresh(ids: readonly string[], work: Refreshing): Promise<readonly Miss[]> {
  const { ledger, clock, holder, providers } = work;
  const held = await ledger.heldByOthers(ids, holder.token, clock.now());
  const free = ids.filter((id) => !held.some(({ requestId }) => requestId === id));
  const running = await runningOf(free, work);
  const asked = await Promise.all(
    [...providers.values()].map((provider) => {
      const own = running.filter(({ call }) => call.account === provider.account);
      return ask(provider, own, work);
    }),
  );
  const news = asked.flatMap((each) => each.news);
  await noteAll(news, work);
  return [...strangers(running, providers), ...asked.flatMap(({ misses }) => misses)];
}

/** The calls that steps of these requests wait for, each once. */
async function runningOf(ids: readonly string[], work: Refreshing): Promise<readonly Running[]> {
  const requests = ids.length === 0 ? [] : await work.ledger.list({ ids });
  const steps = requests.flatMap((request) => request.steps).filter(isAccepted);
  const callIds = new Set(steps.flatMap(({ callId }) => (callId === null ? [] : [callId])));
  const running: Running[] = [];
  for (const callId of callIds) {
    const each = await waiting(callId, work);
    if (each === null) continue;
    const isEarly = each.members.some((step) => waitsForSecondLook(step, work.clock.now()));
    if (!isEarly) running.push(each);
  }
  return running;
}

/** A call with the steps that wait for its task; null: none does. */
async function waiting(callId: string, { ledger }: Refreshing): Promise<Running | null> {
  const due = (await ledger.stepsOf(callId)).filter(({ step }) => isAccepted(step));
  const call = due[0]?.call ?? null;
  return call?.taskId == null ? null : { call, members: due.map(({ step }) => step) };
}

function isAccepted({ state, finishedAt }: Step): boolean {
  return state === 'accepted' && finishedAt === null;
}

/** Bad news is believed at the second look, and that look has its hour (docs/providers/stream.md 3). */
function waitsForSecondLook({ tries, nextAt }: Step, now: number): boolean {
  return tries > 0 && nextAt !== null && nextAt > now;
}

async function ask(
  provider: Provider,
  running: readonly Running[],
  work: Refreshing,
): Promise<{ news: readonly News[]; misses: readonly Miss[] }> {
  if (running.length === 0) return { news: [], misses: [] };
  const { signal, isLate, done } = patience(work);
  const reports = await reportsOn(provider, running, signal).finally(done);
  const news: News[] = [];
  const misses: Miss[] = [];
  for (const [each, report] of reports) {
    if (!isUnreachable(report)) news.push({ ...each, report });
    else if (!work.stop.aborted) misses.push(missOf(provider.name, report, isLate()));
  }
  return { news, misses: misses.slice(0, 1) };
}

function missOf(provider: ProviderName, { kind, error }: Unreachable, isLate: boolean): Miss {
  const message = isLate ? `no answer within ${PATIENCE / 1_000} s` : error.message;
  return { provider, kind, message };
}

/** Puts on disk what tasks have come to, in one go; whatever somebody else looked at meanwhile is left. */
async function noteAll(news: readonly News[], work: Refreshing): Promise<void> {
  if (news.length === 0) return;
  const { ledger, clock, holder } = work;
  const ids = new Set(news.flatMap(({ members }) => members.map(({ requestId }) => requestId)));
  try {
    await ledger.take([...ids], holder, clock.now());
    const changes: Change[] = [];
    for (const each of news) {
      const now = await waiting(each.call.id, work);
      if (now === null || !isSame(now, each)) continue;
      changes.push(reported(now.members, now.call, each.report, moment(work)));
    }
    await Promise.all(changes.map((change) => record(change, work)));
  } finally {
    await ledger.release(holder);
  }
}

function isSame(now: Running, before: Running): boolean {
  const looks = ({ members }: Running): string =>
    JSON.stringify(members.map(({ id, checks }) => [id, checks]));
  return looks(now) === looks(before);
}

/** A request that another process holds by now is left to it. */
async function record(change: Change, { ledger, holder }: Refreshing): Promise<void> {
  try {
    await ledger.record(holder.token, change);
  } catch (thrown) {
    if (!(thrown instanceof LeaseLost)) throw thrown;
  }
}

/** Steps of accounts that are not configured now are shown as they are. */
function strangers(
  running: readonly Running[],
  providers: ReadonlyMap<ProviderName, Provider>,
): readonly Miss[] {
  const misses = new Map<ProviderName, Miss>();
  for (const { provider, account } of running.map(({ call }) => call)) {
    const configured = providers.get(provider)?.account;
    if (configured === account) continue;
    const now = configured === undefined ? 'it is not configured' : `${configured} is configured`;
    const message = `a step belongs to the account ${account}, and now ${now}`;
    misses.set(provider, { provider, kind: 'account', message });
  }
  return [...misses.values()];
}

/** A signal that ends waiting when the run does, or when people have waited long enough. */
function patience({ clock, stop }: Refreshing): {
  signal: AbortSignal;
  isLate: () => boolean;
  done: () => void;
} {
  const late = new AbortController();
  const over = new AbortController();
  const wait = async (): Promise<void> => {
    await clock.sleep(PATIENCE, over.signal);
    if (!over.signal.aborted) late.abort();
  };
  void wait();
  return {
    signal: AbortSignal.any([stop, late.signal]),
    isLate: () => late.signal.aborted,
    done: () => over.abort(),
  };
}
