import type { StreamView } from '../population/accounts.ts';
import { type FeedItem, feedItemCount } from '../population/feed-items.ts';
import { follows } from '../population/stream-feeds.ts';
import { nanoseconds } from './tasks.ts';
import { noneOf, userResponse, zero } from './users.ts';

type Row = Record<string, unknown>;

/** What an item answers a query with. */
export type RowOf = (view: StreamView, item: FeedItem) => Row;

const ACTIVITY = {
  restrict_replies: 'everyone',
  custom: {},
  search_data: {},
  reaction_groups: {},
  collections: {},
  hidden: false,
  preview: false,
  ...noneOf('attachments mentioned_users comments filter_tags interest_tags latest_reactions'),
  ...noneOf('own_reactions own_bookmarks'),
  ...zero('popularity score comment_count bookmark_count share_count reaction_count'),
};

/** OAS ActivityResponse; `deleted_at` once its author's feed data was deleted. */
export const activityRow: RowOf = (view, item) => {
  const { feeds, feedsDeletedAt } = view.account(item.person.streamId);
  return {
    ...dated(item),
    ...item.data,
    // [U] what is left of an activity that is gone for good but bookmarked: no content.
    ...(feeds === 'hard' ? { text: undefined } : {}),
    user: author(view, item),
    ...ACTIVITY,
    ...(item.expiresAt === undefined ? {} : { expires_at: nanoseconds(item.expiresAt) }),
    ...(feedsDeletedAt === null ? {} : { deleted_at: nanoseconds(feedsDeletedAt) }),
  };
};

/** OAS FeedResponse. */
export const feedRow: RowOf = (view, item) => {
  const { person, data } = item;
  const around = [...follows(view, person)];
  const activities = feedItemCount(view.population, person, 'activities');
  return {
    ...dated(item),
    ...data,
    name: `${String(data['group_id'])} of ${person.streamId}`,
    description: '',
    created_by: author(view, item),
    member_count: 1,
    follower_count: around.filter((follow) => follow['target_feed'] === data['feed']).length,
    following_count: around.filter((follow) => follow['source_feed'] === data['feed']).length,
    activity_count: data['group_id'] === 'user' ? activities : 0,
    pin_count: 0,
  };
};

/** OAS CommentResponse. */
export const commentRow: RowOf = (view, item) => ({
  ...dated(item),
  ...item.data,
  user: author(view, item),
  status: 'active',
  ...noneOf('mentioned_users own_reactions'),
  ...zero('reaction_count reply_count upvote_count downvote_count bookmark_count'),
  ...zero('score confidence_score'),
});

/** OAS BookmarkResponse, which has no `id`. */
export const bookmarkRow: RowOf = (view, item) => {
  const { id: _none, ...dates } = dated(item);
  const { folder_id: _inFolder, ...data } = item.data;
  return {
    ...dates,
    ...data,
    user: author(view, item),
    ...(item.about ? { activity: activityRow(view, item.about) } : {}),
    ...(item.folder ? { folder: folderRow(view, item.folder) } : {}),
  };
};

/** OAS BookmarkFolderResponse. */
export const folderRow: RowOf = (view, item) => ({
  ...dated(item),
  ...item.data,
  user: author(view, item),
  custom: {},
});

/** OAS CollectionResponse: its owner is an id, not a user. */
export const collectionRow: RowOf = (_view, item) => ({
  ...dated(item),
  ...item.data,
  user_id: item.person.streamId,
});

function dated({ id, createdAt }: FeedItem): Row & { id: string } {
  const at = nanoseconds(createdAt);
  return { id, created_at: at, updated_at: at };
}

function author(view: StreamView, { person }: FeedItem): Row {
  return userResponse(person, view.account(person.streamId));
}
