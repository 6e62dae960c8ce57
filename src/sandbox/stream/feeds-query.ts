import { z } from 'zod';
import { type StreamUsers, type StreamView, viewAt } from '../population/accounts.ts';
import { type FeedItem, type FeedsKind, feedItems } from '../population/feed-items.ts';
import type { SandboxUser } from '../population/people.ts';
import { readBody } from './errors.ts';
import { makeCursor, pageOf, readCursor } from './feeds-pages.ts';
import {
  type RowOf,
  activityRow,
  bookmarkRow,
  collectionRow,
  commentRow,
  feedRow,
  folderRow,
} from './feeds-rows.ts';
import type { StreamHandler } from './users.ts';

const operators = z.strictObject({ $eq: z.string(), $in: z.array(z.string()) }).partial();

/** The values a field may have; both operators at once narrow each other down. */
const condition = z
  .union([
    z.string().transform((value) => [value]),
    operators.transform(({ $eq, $in }, context) => {
      if ($eq === undefined && $in === undefined) context.addIssue('must have $eq or $in');
      const one = $eq === undefined ? null : [$eq];
      return one && $in ? one.filter((value) => $in.includes(value)) : (one ?? $in ?? []);
    }),
  ])
  .optional();

/** A filter as read: the values each named field may have. */
type Filter = Readonly<Record<string, readonly string[] | undefined>>;

/**
 * The schema of a filter: string fields with $eq and $in, of those that the specification lists
 * (x-stream-filter-fields). Its other fields (dates, numbers, custom data, search) and operators
 * are refused as unknown ones are: none is ignored.
 */
function filterSchema(fields: readonly string[]) {
  return z.strictObject(Object.fromEntries(fields.map((field) => [field, condition])));
}

/** Whether an item has a wanted value in each named field; `keys` says where a field's value stands. */
function passes(item: FeedItem, filter: Filter, keys: Readonly<Record<string, string>>): boolean {
  return Object.entries(keys).every(([field, key]) => {
    const wanted = filter[field];
    if (wanted === undefined) return true;
    const value: unknown = key === 'id' ? item.id : item.data[key];
    const values: unknown[] = Array.isArray(value) ? value : [value];
    return values.some((one) => typeof one === 'string' && wanted.includes(one));
  });
}

/** One of the six queries, as the specification has it. */
interface FeedsQuery {
  /** What is asked for; also the name of the list in the answer. */
  kind: Exclude<FeedsKind, 'reactions'>;
  /** The filter field that names people. */
  owner: 'user_id' | 'created_by_id';
  /** Other filter fields, and the item's field each looks at. */
  fields: Readonly<Record<string, string>>;
}

/** [U] the default of `limit`. */
const DEFAULT_LIMIT = 25;

const flag = z.boolean('must be a boolean').nullish();
const sorted = z.array(
  z.object({ field: z.string(), direction: z.literal([1, -1]), type: z.string() }).partial(),
);
const commentsSorted = z.enum(['first', 'last', 'top', 'best', 'controversial']);

/** `filter` is optional but in QueryComments (OAS `required`); unknown fields are ignored. */
function bodySchema({ kind, owner, fields }: FeedsQuery) {
  const filter = filterSchema([owner, ...Object.keys(fields)]);
  return z.object({
    filter: kind === 'comments' ? filter : filter.nullish(),
    limit: z.int('must be an integer').min(0).max(100, 'must be 100 or less').nullish(),
    next: z.string('must be a string').nullish(),
    // [U] paging back: `prev` is never given, so none that is sent can be right.
    prev: z.literal('', 'is not a valid cursor').nullish(),
    sort: kind === 'comments' ? commentsSorted.nullish() : sorted.max(5).nullish(),
    include_soft_deleted_activities: flag,
    include_private_activities: flag,
    include_expired_activities: flag,
  });
}

type Body = z.infer<ReturnType<typeof bodySchema>>;

/**
 * A query of feed data: a POST that changes nothing. [U] the order without `sort`: by person as
 * the filter lists them (else as the population has them), then oldest first. `sort` is checked
 * and has no effect. [U] `next` is absent on the last page, and is good for the same filter only.
 * [U] who asks (`user_id` of the body) makes no difference.
 */
function feedsQuery(
  kind: FeedsQuery['kind'],
  row: RowOf,
  { owner = 'user_id', fields }: Partial<FeedsQuery> & Pick<FeedsQuery, 'fields'>,
): StreamHandler {
  const query = { kind, owner, fields };
  const schema = bodySchema(query);
  return (call, { users }) => {
    const body = readBody(call, schema);
    const filter: Filter = body.filter ?? {};
    const view = viewAt(users);
    const people = peopleOf(users, filter[owner]);
    const shelves = {
      size: people.size,
      *rows(index: number) {
        const person = people.at(index);
        if (!person || !keeps(view, person, query, body)) return;
        for (const item of feedItems(users.population, person, kind)) {
          const good = passes(item, filter, fields) && shown(item, body, call.now);
          yield good ? row(view, item) : null;
        }
      },
    };
    const from = readCursor(call.operation, body.filter, body.next ?? null);
    const { rows, next } = pageOf(shelves, from, body.limit ?? DEFAULT_LIMIT);
    const cursor = next ? { next: makeCursor(call.operation, body.filter, next) } : {};
    return { status: 201, body: { [kind]: rows, ...cursor } };
  };
}

/** The listed people, whether they still have an account or not; or everyone. */
function peopleOf({ population }: StreamUsers, ids: readonly string[] | undefined) {
  if (!ids) return { size: population.size, at: (index: number) => population.at(index) };
  const listed = [...new Set(ids)];
  return { size: listed.length, at: (index: number) => population.byStreamId(listed[index] ?? '') };
}

/**
 * Deleted feed data is in no query, but for activities that were deleted softly, on request
 * (OAS include_soft_deleted_activities). [U] that DeleteFeedUserData makes activities of that
 * sort; that no query shows other kinds once they are deleted softly.
 */
function keeps(view: StreamView, person: SandboxUser, query: FeedsQuery, body: Body): boolean {
  const { feeds } = view.account(person.streamId);
  if (feeds === null) return true;
  const softlyToo = query.kind === 'activities' && body.include_soft_deleted_activities === true;
  return feeds === 'soft' && softlyToo;
}

/** [U] private and expired activities are left out of a server's queries too unless asked for. */
function shown(item: FeedItem, body: Body, now: number): boolean {
  const hidden = item.data['visibility'] === 'private' && body.include_private_activities !== true;
  const expired = (item.expiresAt ?? Infinity) <= now && body.include_expired_activities !== true;
  return !hidden && !expired;
}

/** The handlers of the six queries. */
export const feedsQueries = {
  queryActivities: feedsQuery('activities', activityRow, {
    fields: { id: 'id', activity_type: 'type', feed: 'feeds' },
  }),
  queryFeeds: feedsQuery('feeds', feedRow, {
    owner: 'created_by_id',
    fields: same('id', 'group_id', 'feed', 'visibility'),
  }),
  queryComments: feedsQuery('comments', commentRow, {
    fields: same('id', 'object_id', 'object_type'),
  }),
  queryBookmarks: feedsQuery('bookmarks', bookmarkRow, {
    fields: same('activity_id', 'folder_id', 'object_id', 'object_type'),
  }),
  queryBookmarkFolders: feedsQuery('bookmark_folders', folderRow, {
    fields: { folder_name: 'name' },
  }),
  queryCollections: feedsQuery('collections', collectionRow, { fields: same('id', 'name') }),
};

function same(...fields: string[]): Record<string, string> {
  return Object.fromEntries(fields.map((field) => [field, field]));
}
