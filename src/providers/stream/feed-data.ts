import { z } from 'zod';
import { failure } from '../../http/exchange.ts';
import { type Schema, readJson } from '../../http/json-answer.ts';
import type { Sighting } from '../../requests/transitions/answers.ts';
import { type Denial, type Outcome, asUnreachable, misfitOf } from '../denial.ts';
import type { FeedFilter, StreamClient } from './client.ts';
import { listOf } from './schemas.ts';

/** A page of a query: the owner of each item, and where the next page begins (null: nowhere). */
interface FeedPage {
  owners: readonly string[];
  next: string | null;
}

/** One of the queries of feed data: its operation, path and filter, and who owns what it finds. */
export interface FeedQuery {
  operation: string;
  path: string;
  /** The filter's field for the owner's id; all of them take `$in`. */
  owner: 'user_id' | 'created_by_id';
  page: Schema<FeedPage>;
  /** It shows private, expired and softly deleted items only when it is told to. */
  hides: boolean;
}

/** [U]: whether the last page has an empty `next` or none. */
const Cursor = z.object({
  next: z
    .string()
    .nullish()
    .transform((next) => next || null),
});

const User = z.object({ id: z.string().min(1) });
const Authored = z.object({ user: User }).transform(({ user }) => user.id);
const Created = z.object({ created_by: User }).transform((item) => item.created_by.id);
/** OAS CollectionResponse has `user_id` and, unlike the others, no user. */
const Owned = z.union([
  z.object({ user_id: z.string().min(1) }).transform((i) => i.user_id),
  Authored,
]);

/**
 * The queries that can name the owner in their filter (OAS v236.0.4, x-stream-filter-fields).
 * Reactions are asked for by activity or comment and follows by feed: a person's cannot be found.
 */
const FEED_QUERIES: readonly FeedQuery[] = [
  query('QueryActivities', 'activities', Authored, { hides: true }),
  query('QueryFeeds', 'feeds', Created, { owner: 'created_by_id' }),
  query('QueryComments', 'comments', Authored),
  query('QueryBookmarks', 'bookmarks', Authored),
  query('QueryBookmarkFolders', 'bookmark_folders', Authored),
  query('QueryCollections', 'collections', Owned),
];

/** A query whose path and list in the answer have the same name. */
function query(
  operation: string,
  list: string,
  item: z.ZodType<string>,
  { owner = 'user_id', hides = false }: Partial<Pick<FeedQuery, 'owner' | 'hides'>> = {},
): FeedQuery {
  const items = z
    .object({ [list]: listOf(item) })
    .transform((body) => ({ owners: body[list] ?? [] }));
  const page = z.intersection(items, Cursor);
  return { operation, path: `/feeds/${list}/query`, owner, page, hides };
}

/** The largest page (OAS), and how many ids are asked for at once; the length of `$in` is [U]. */
const MOST = 100;

/** Empty pages that say there are more; none was ever seen ([U]). */
const MOST_EMPTY = 100;

const NOT_ALLOWED = 17;

type Failed = Exclude<Sighting, { kind: 'looked' }>;

/**
 * Who still has feed data that a server can find: activities (private and expired ones too), feeds,
 * comments, bookmarks, folders, collections. `hidden`: softly deleted activities count as well; of
 * the other kinds no query shows them (OAS).
 */
export async function lookForFeeds(
  userIds: readonly string[],
  hidden: boolean,
  client: StreamClient,
  signal: AbortSignal,
): Promise<Sighting> {
  const visible = new Set<string>();
  const ids = [...new Set(userIds)];
  for (let from = 0; from < ids.length; from += MOST) {
    // Who is found at one kind need not be looked for at the next.
    const rest = new Set(ids.slice(from, from + MOST));
    for (const each of FEED_QUERIES) {
      const end = await findOwners(each, rest, hidden, client, signal);
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
  asked: FeedQuery,
  rest: Set<string>,
  hidden: boolean,
  client: StreamClient,
  signal: AbortSignal,
): Promise<Failed | null> {
  let next: string | null = null;
  let empty = 0;
  while (rest.size > 0) {
    const filter = filterOf(asked, rest, hidden, next);
    const page = pageOf(asked, await client.queryFeedData(asked, filter, signal));
    if ('kind' in page) return page;
    if (page.owners.some((owner) => !rest.has(owner))) {
      return misfit(asked, 'it names somebody who was not asked for');
    }
    for (const owner of page.owners) rest.delete(owner);
    const isEmpty = page.owners.length === 0;
    if (isEmpty && page.next === null) return null;
    if (isEmpty && (page.next === next || empty >= MOST_EMPTY)) {
      return misfit(asked, 'its pages have no end');
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

function pageOf(asked: FeedQuery, outcome: Outcome): FeedPage | Failed {
  if (outcome.kind !== 'ok') return unanswered(outcome);
  const reading = readJson(outcome.answer.text, asked.page);
  return reading.kind === 'fits' ? reading.value : misfit(asked, misfitOf(reading));
}

/** A no to the query itself: this app has no feeds, or the key may not look. */
function unanswered(denial: Denial): Failed {
  const isNo = denial.kind === 'denied' && denial.status !== 429;
  const isForbidden = denial.kind === 'credentials' && denial.error.providerCode === NOT_ALLOWED;
  if (isNo || isForbidden) {
    return { kind: 'not_checkable', error: { ...denial.error, passing: false } };
  }
  return asUnreachable(denial);
}

function misfit({ operation }: FeedQuery, what: string): Failed {
  const message = `Stream's answer to ${operation} does not fit: ${what}`;
  return { kind: 'unavailable', error: failure('unreadable_answer', message) };
}
