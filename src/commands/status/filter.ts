import type { App } from '../../app.ts';
import { GdprError } from '../../errors.ts';
import type { RequestFilter } from '../../ledger/ledger.ts';
import { calendarDay } from '../../requests/deadline.ts';
import { quoteId } from '../../requests/ids.ts';
import { type Action, REQUEST_STATES, type RequestState } from '../../requests/request.ts';
import { isSettled } from '../../requests/state.ts';

/** What a status is about, as the flags say it. */
export interface Wanted {
  /** A request or a user; null: all. */
  about: string | null;
  all: boolean;
  actions: readonly Action[];
  states: readonly RequestState[];
  reference: string | null;
  /** ms. */
  dueWithin: number | null;
}

/**
 * The filter for the ledger, without its limit; settled ones are left out unless they are asked for
 * or one person or request is. Throws GdprError `unknown_request` for somebody who is in no request.
 */
export async function filterOf(wanted: Wanted, app: App): Promise<RequestFilter> {
  const { about, all, actions, states, reference, dueWithin } = wanted;
  const { deadline } = await app.settings();
  const { clock } = app.host;
  const seen = all || about !== null ? REQUEST_STATES : UNSETTLED;
  return {
    ...(about === null ? {} : await subjectOf(about, app)),
    states: states.length > 0 ? states : seen,
    ...(actions.length === 0 ? {} : { actions }),
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
  throw new GdprError(
    'unknown_request',
    `The ledger of profile ${profile} knows no request by ${quoteId(about)}.`,
    { next: 'See what there is: gdpr status --all (with --profile for another ledger)' },
  );
}
