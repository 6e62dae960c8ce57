import type { App } from '../../app.ts';
import { GdprError } from '../../errors.ts';
import type { RequestFilter } from '../../ledger/ledger.ts';
import type { Shown } from '../../report/status/status-json.ts';
import { missedText } from '../../report/status/status-text.ts';
import { calendarDay } from '../../requests/deadline.ts';
import { quoteId } from '../../requests/ids.ts';
import {
  type Action,
  REQUEST_STATES,
  type Request,
  type RequestState,
} from '../../requests/request.ts';
import { type Standings, isSettled } from '../../requests/state.ts';
import { refresh } from '../../worker/refresh.ts';
import type { WaitFlags } from '../shared/flags.ts';
import { newHolder, readVerified } from '../shared/requests.ts';

/** What a status is about, as the flags say it. */
export interface Wanted {
  /** A request or a user; null: all. */
  about: string | null;
  all: boolean;
  action: readonly Action[];
  state: readonly RequestState[];
  reference: string | null;
  /** ms. */
  dueWithin: number | null;
}

/**
 * The filter for the ledger, without its limit; settled ones are left out unless they are asked for
 * or one person or request is. Throws GdprError `unknown_request` for somebody who is in no request.
 */
export async function filterOf(wanted: Wanted, app: App): Promise<RequestFilter> {
  const { about, all, action, state, reference, dueWithin } = wanted;
  const { deadline } = await app.settings();
  const { clock } = app.host;
  const seen = all || about !== null ? REQUEST_STATES : UNSETTLED;
  return {
    ...(about === null ? {} : await subjectOf(about, app)),
    states: state.length > 0 ? state : seen,
    ...(action.length === 0 ? {} : { actions: action }),
    ...(reference === null ? {} : { reference }),
    ...(dueWithin === null
      ? {}
      : { dueBy: calendarDay(clock.now() + dueWithin, deadline.timeZone) }),
    order: 'urgent',
  };
}

const UNSETTLED = REQUEST_STATES.filter((state) => !isSettled(state));

/** A user's id comes first: nobody keeps people from being called like a request. */
async function subjectOf(about: string, app: App): Promise<RequestFilter> {
  const ledger = await app.ledger();
  for (const filter of [{ user: about }, { ids: [about] }]) {
    if ((await ledger.list({ ...filter, limit: 1 })).length > 0) return filter;
  }
  const { profile } = await app.settings();
  const message = `The ledger of profile ${profile} knows no request by ${quoteId(about)}.`;
  throw new GdprError('unknown_request', message, {
    next: 'See what there is: gdpr status --all (with --profile for another ledger)',
  });
}

/** What a status shows: the requests of its page, most urgent first, and how many there are in all. */
export interface View {
  /** `YYYY-MM-DD`. */
  today: string;
  /** ms. */
  now: number;
  page: readonly Shown[];
  tally: Standings;
  /** Why some of it may be out of date, a sentence a provider. */
  missed: readonly string[];
  /** What is wrong with the records that are not shown. */
  broken: GdprError | null;
}

/** Reads a page; the tally is over all that the filter matches. */
export async function readView(
  ids: readonly string[],
  filter: RequestFilter,
  app: App,
): Promise<View> {
  const ledger = await app.ledger();
  const now = app.host.clock.now();
  const today = calendarDay(now, (await app.settings()).deadline.timeZone);
  const { requests, broken } = await readVerified(ids, ledger);
  const page = await shownOf(requests, app);
  return { today, now, page, tally: await ledger.tally(filter, today), missed: [], broken };
}

/** Requests with their calls, and the processes that work on them. */
async function shownOf(requests: readonly Request[], app: App): Promise<readonly Shown[]> {
  const ledger = await app.ledger();
  const ids = requests.map(({ id }) => id);
  const held = await ledger.heldByOthers(ids, '', app.host.clock.now());
  const holders = new Map(held.map(({ requestId, process }) => [requestId, process]));
  return Promise.all(
    requests.map(async (request) => ({
      request,
      calls: await ledger.calls(request.id),
      heldBy: holders.get(request.id) ?? null,
    })),
  );
}

/**
 * Asks the providers how far what runs of these requests is. Answers with one sentence for each
 * provider that could not be asked.
 */
export async function refreshed(
  page: readonly Request[],
  tempo: Pick<WaitFlags, 'pollInterval' | 'rateShare'>,
  app: App,
): Promise<readonly string[]> {
  const { host } = app;
  const ledger = await app.ledger();
  const ids = page.filter(isRunning).map(({ id }) => id);
  if (ids.length === 0) return [];
  const { stream, sendbird } = await app.settings();
  if (stream === null && sendbird === null) return [UNCONFIGURED];
  // A request whose record is broken is not asked about, and nothing is recorded for it.
  const { requests } = await readVerified(ids, ledger);
  const sound = requests.map(({ id }) => id);
  const misses = await refresh(sound, {
    ledger,
    providers: await app.providers(tempo),
    clock: host.clock,
    random: () => host.random(),
    pollInterval: tempo.pollInterval,
    holder: newHolder(app),
    stop: host.stop,
  });
  return misses.map(missedText);
}

const UNCONFIGURED =
  'No provider is configured, so none was asked (as with --offline): shown as last recorded.';

function isRunning({ state, steps }: Request): boolean {
  return !isSettled(state) && steps.some((step) => step.state === 'accepted');
}
