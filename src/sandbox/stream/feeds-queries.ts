import type { Handler } from '../vendor.ts';
import { type FeedsQuery, feedsQuery } from './feeds-query.ts';
import {
  activityRow,
  bookmarkRow,
  collectionRow,
  commentRow,
  feedRow,
  folderRow,
} from './feeds-rows.ts';
import type { StreamUsers } from './users.ts';

const QUERIES: Readonly<Record<string, FeedsQuery>> = {
  queryActivities: {
    kind: 'activities',
    owner: 'user_id',
    fields: { id: 'id', activity_type: 'type', feed: 'feeds' },
    row: activityRow,
  },
  queryFeeds: {
    kind: 'feeds',
    owner: 'created_by_id',
    fields: { id: 'id', group_id: 'group_id', feed: 'feed', visibility: 'visibility' },
    row: feedRow,
  },
  queryComments: {
    kind: 'comments',
    owner: 'user_id',
    fields: { id: 'id', object_id: 'object_id', object_type: 'object_type' },
    row: commentRow,
  },
  queryBookmarks: {
    kind: 'bookmarks',
    owner: 'user_id',
    fields: {
      activity_id: 'activity_id',
      folder_id: 'folder_id',
      object_id: 'object_id',
      object_type: 'object_type',
    },
    row: bookmarkRow,
  },
  queryBookmarkFolders: {
    kind: 'bookmark_folders',
    owner: 'user_id',
    fields: { folder_name: 'name' },
    row: folderRow,
  },
  queryCollections: {
    kind: 'collections',
    owner: 'user_id',
    fields: { id: 'id', name: 'name' },
    row: collectionRow,
  },
};

/** The handlers of QueryActivities, QueryFeeds, QueryComments, QueryBookmarks, QueryBookmarkFolders, QueryCollections. */
export function feedsQueries(users: StreamUsers): Record<string, Handler> {
  const entries = Object.entries(QUERIES).map(([name, query]) => [name, feedsQuery(users, query)]);
  return Object.fromEntries(entries);
}
