import { z } from 'zod';
import type { Schema } from '../../http/json-answer.ts';
import { listOf } from './schemas.ts';

/** A page of a query: the owner of each item, and where the next page begins (null: nowhere). */
export interface FeedPage {
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
    .transform((next) => (next === '' ? null : (next ?? null))),
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
export const FEED_QUERIES: readonly FeedQuery[] = [
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
  return {
    operation,
    path: `/feeds/${list}/query`,
    owner,
    page: z.intersection(items, Cursor),
    hides,
  };
}
