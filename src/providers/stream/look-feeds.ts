import { failure } from '../../http/exchange.ts';
import { readJson } from '../../http/json-answer.ts';
import type { Redactor } from '../../http/redaction.ts';
import type { Sighting } from '../../requests/transitions/answers.ts';
import type { FeedFilter, StreamClient } from './client.ts';
import { type Denial, outcomeOf, unreachable } from './denial.ts';
import { FEED_QUERIES, type FeedPage, type FeedQuery } from './feed-queries.ts';

/** The largest page (OAS), and how many ids are asked for at once; the length of `$in` is [U]. */
const MOST = 100;
/** Empty pages that say there are more; none was ever seen ([U]). */
const MOST_EMPTY = 100;
const NOT_ALLOWED = 17;

interface Deps {
  client: StreamClient;
  redactor: Redactor;
  clock: { now(): number };
}

type Failed = Exclude<Sighting, { kind: 'looked' }>;
type Page = ({ kind: 'page' } & FeedPage) | Failed;

/**
 * Who still has feed data that a server can find: activities (private and expired ones too), feeds,
 * comments, bookmarks, folders, collections. `hidden`: softly deleted activities count as well; of
 * the other kinds no query shows them (OAS).
 */
export async function lookForFeeds(
  userIds: readonly string[],
  hidden: boolean,
  deps: Deps,
  signal: AbortSignal,
): Promise<Sighting> {
  const visible = new Set<string>();
  const ids = [...new Set(userIds)];
  for (let from = 0; from < ids.length; from += MOST) {
    // Who is found at one kind need not be looked for at the next.
    const rest = new Set(ids.slice(from, from + MOST));
    for (const query of FEED_QUERIES) {
      const end = await findOwners(query, rest, hidden, deps, signal);
      if (end !== null) return end;
    }
    for (const id of ids.slice(from, from + MOST)) if (!rest.has(id)) visible.add(id);
  }
  return { kind: 'looked', visible };
}

/**
 * Takes those out of `rest` who own something; null once there is no more to find. One busy user
 * may fill a page, so the others are asked for again without those found.
 */
async function findOwners(
  query: FeedQuery,
  rest: Set<string>,
  hidden: boolean,
  deps: Deps,
  signal: AbortSignal,
): Promise<Failed | null> {
  let next: string | null = null;
  let empty = 0;
  while (rest.size > 0) {
    const filter = filterOf(query, rest, hidden, next);
    const page = await ask(query, filter, deps, signal);
    if (page.kind !== 'page') return page;
    if (page.owners.some((owner) => !rest.has(owner))) {
      return misfit(query, 'it names somebody who was not asked for');
    }
    for (const owner of page.owners) rest.delete(owner);
    const isEmpty = page.owners.length === 0;
    if (isEmpty && page.next === null) return null;
    if (isEmpty && (page.next === next || empty >= MOST_EMPTY)) {
      return misfit(query, 'its pages have no end');
    }
    empty = isEmpty ? empty + 1 : 0;
    next = isEmpty ? page.next : null;
  }
  return null;
}

function filterOf(
  { owner, hides }: FeedQuery,
  ids: ReadonlySet<string>,
  hidden: boolean,
  next: string | null,
): FeedFilter {
  return {
    filter: { [owner]: { $in: [...ids] } },
    limit: MOST,
    ...(hides ? { include_private_activities: true, include_expired_activities: true } : {}),
    ...(hides && hidden ? { include_soft_deleted_activities: true } : {}),
    ...(next === null ? {} : { next }),
  };
}

async function ask(
  query: FeedQuery,
  filter: FeedFilter,
  { client, redactor, clock }: Deps,
  signal: AbortSignal,
): Promise<Page> {
  const reply = await client.queryFeedData(query, filter, signal);
  const outcome = outcomeOf(reply, redactor, clock.now());
  if (outcome.kind !== 'ok') return unanswered(outcome);
  const reading = readJson(outcome.answer.text, query.page);
  if (reading.kind === 'fits') return { kind: 'page', ...reading.value };
  return misfit(query, reading.kind === 'misfit' ? `the field ${reading.field}` : 'it is not JSON');
}

/** A no to the query itself: this app has no feeds, or the key may not look. */
function unanswered(denial: Denial): Failed {
  const isNo = denial.kind === 'denied' && denial.status !== 429;
  const isForbidden = denial.kind === 'credentials' && denial.error.providerCode === NOT_ALLOWED;
  if (isNo || isForbidden) {
    return { kind: 'not_checkable', error: { ...denial.error, passing: false } };
  }
  return unreachable(denial);
}

function misfit({ operation }: FeedQuery, what: string): Failed {
  const message = `Stream's answer to ${operation} does not fit: ${what}`;
  return { kind: 'unavailable', error: failure('unreadable_answer', message) };
}
