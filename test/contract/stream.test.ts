import { StreamClient } from '@stream-io/node-sdk';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Box, KEY, SECRET, lines, openBox } from '../sandbox/box.ts';

// Stream's own client judges the sandbox.
let box: Box;
let client: StreamClient;
beforeEach(async () => {
  box = await openBox({ taskTime: 100 });
  client = new StreamClient(KEY, SECRET, { basePath: box.sandbox.origin });
});
afterEach(() => box.close());

const HARD = {
  user: 'hard',
  messages: 'hard',
  conversations: 'hard',
  calls: 'hard',
  files: true,
} as const;

/** Polls as the documentation's samples do; the clock moves between looks. */
async function completed(id: string) {
  const seen: string[] = [];
  for (let look = 0; look < 10; look += 1) {
    const task = await client.getTask({ id });
    seen.push(task.status);
    if (task.status === 'completed') return { task, seen };
    box.clock.pass(30);
  }
  throw new Error(`never completed: ${seen.join(', ')}`);
}

async function idsFound(ids: string[]) {
  const payload = { filter_conditions: { id: { $in: ids } }, limit: 100 };
  const { users } = await client.queryUsers({ payload });
  return users.map((user) => user.id);
}

describe('exports', () => {
  test('feeds: task, states, dates, link, file', async () => {
    const started = await client.feeds.exportFeedUserData({ user_id: 'ada' });
    expect(started.metadata.responseCode).toBe(201);
    expect(started.task_id).toHaveLength(36);
    const begun = box.clock.now();
    const { task, seen } = await completed(started.task_id);
    expect(seen).toEqual(['waiting', 'pending', 'running', 'running', 'completed']);
    expect(task.created_at.getTime()).toBe(begun);
    expect(task.updated_at.getTime()).toBe(begun + 100);
    const file = await box.get(String(task.result?.['url']));
    expect(file.json['user']).toMatchObject({ id: 'ada' });
  });

  test('users: JSON lines of several people', async () => {
    const started = await client.exportUsers({ user_ids: ['ada', 'grace'] });
    const { task } = await completed(started.task_id);
    const entities = lines((await box.get(String(task.result?.['url']))).text);
    const users = entities.filter(({ type }) => type === 'user').map(({ data }) => data['id']);
    expect(users).toEqual(['ada', 'grace']);
  });

  test('one user at once', async () => {
    const { user, messages } = await client.exportUser({ user_id: 'ada' });
    expect(user?.id).toBe('ada');
    expect(messages).toHaveLength(240);
  });
});

describe('deletions', () => {
  test('users: hidden at once, per-user result, gone from exports', async () => {
    const started = await client.deleteUsers({ user_ids: ['ada', 'linus'], ...HARD });
    expect(await idsFound(['ada', 'grace', 'linus'])).toEqual(['grace']);
    const { task } = await completed(started.task_id);
    expect(task.result).toEqual({ ada: { status: 'ok' }, linus: { status: 'ok' } });
    await expect(client.exportUsers({ user_ids: ['ada'] })).rejects.toMatchObject({ code: 16 });
  });

  test('feed data: the next export is empty', async () => {
    const deleted = await client.feeds.deleteFeedUserData({ user_id: 'ada', hard_delete: true });
    await completed(deleted.task_id);
    const exported = await client.feeds.exportFeedUserData({ user_id: 'ada' });
    const { task } = await completed(exported.task_id);
    const file = await box.get(String(task.result?.['url']));
    expect([file.json['activities'], file.json['follows']]).toEqual([[], []]);
  });

  test('restore: soft yes, active no', async () => {
    const started = await client.deleteUsers({ user_ids: ['ada'] });
    await completed(started.task_id);
    expect(await idsFound(['ada'])).toEqual([]);
    const restored = await client.restoreUsers({ user_ids: ['ada'] });
    expect(restored.metadata.responseCode).toBe(201);
    expect(await idsFound(['ada'])).toEqual(['ada']);
    // The sentence that stream-node's own test expects of the live service.
    await expect(client.restoreUsers({ user_ids: ['ada'] })).rejects.toThrow(
      `Stream error code 4: RestoreUsers failed with error: "user "ada" is not deleted, it can't be restored"`,
    );
  });

  test('deactivate and reactivate', async () => {
    await completed((await client.deactivateUsers({ user_ids: ['ada'] })).task_id);
    expect(await idsFound(['ada'])).toEqual([]);
    const payload = { filter_conditions: { id: 'ada' }, include_deactivated_users: true };
    const { users } = await client.queryUsers({ payload });
    expect(users[0]?.deactivated_at).toBeInstanceOf(Date);
    await completed((await client.reactivateUsers({ user_ids: ['ada'] })).task_id);
    expect(await idsFound(['ada'])).toEqual(['ada']);
  });
});

const adas = (count: number) => Array.from({ length: count }, () => 'ada');

describe('feeds queries', () => {
  const filter = { user_id: { $in: ['ada'] } };
  /** The owner of everything the six queries show of `ada`, read as the vendor's types have it. */
  const shown = async (include_soft_deleted_activities: boolean) => {
    const { feeds } = client;
    const flags = { include_private_activities: true, include_expired_activities: true };
    const { activities } = await feeds.queryActivities({
      filter,
      include_soft_deleted_activities,
      ...flags,
    });
    const made = await feeds.queryFeeds({ filter: { created_by_id: 'ada' }, limit: 100 });
    const { comments } = await feeds.queryComments({ filter, limit: 100 });
    const { bookmarks } = await feeds.queryBookmarks({ filter });
    const folders = await feeds.queryBookmarkFolders({ filter });
    const { collections } = await feeds.queryCollections({ filter });
    return {
      activities: activities.map(({ user }) => user.id),
      feeds: made.feeds.map((feed) => feed.created_by.id),
      comments: comments.map(({ user }) => user.id),
      bookmarks: bookmarks.map(({ user }) => user.id),
      folders: folders.bookmark_folders.map(({ user }) => user.id),
      collections: collections.map((collection) => collection.user_id),
    };
  };
  const all = {
    activities: adas(12),
    feeds: adas(4),
    comments: adas(8),
    bookmarks: adas(5),
    folders: adas(2),
    collections: adas(3),
  };
  const none = {
    activities: [],
    feeds: [],
    comments: [],
    bookmarks: [],
    folders: [],
    collections: [],
  };

  test('before, after a soft deletion, after a hard one', async () => {
    expect(await shown(false)).toEqual(all);
    const soft = await client.feeds.deleteFeedUserData({ user_id: 'ada' });
    await completed(soft.task_id);
    expect(await shown(false)).toEqual(none);
    expect(await shown(true)).toEqual({ ...none, activities: adas(12) });
    const { activities } = await client.feeds.queryActivities({
      filter,
      include_soft_deleted_activities: true,
    });
    const { task } = await completed(soft.task_id);
    expect(activities[0]?.deleted_at).toEqual(task.updated_at);
    const hard = await client.feeds.deleteFeedUserData({ user_id: 'ada', hard_delete: true });
    await completed(hard.task_id);
    expect(await shown(true)).toEqual(none);
  });

  test('dates, nested people and pages are as the SDK expects them', async () => {
    const { feeds } = client;
    const first = await feeds.queryBookmarks({ filter, limit: 3 });
    expect(first.metadata.responseCode).toBe(201);
    const [bookmark] = first.bookmarks;
    expect(bookmark?.activity.created_at).toBeInstanceOf(Date);
    expect(bookmark?.folder?.user.created_at.toISOString()).toMatch(/^2024-03-03T/);
    const { next } = first;
    const rest = await feeds.queryBookmarks({ filter, limit: 3, ...(next ? { next } : {}) });
    expect([rest.bookmarks.length, rest.next]).toEqual([2, undefined]);
    const made = await feeds.queryFeeds({ filter: { created_by_id: 'ada', group_id: 'user' } });
    expect(made.feeds).toMatchObject([{ id: 'ada', group_id: 'user', feed: 'user:ada' }]);
    expect(made.feeds[0]?.created_at).toBeInstanceOf(Date);
  });

  test('a filter nobody knows is code 4', async () => {
    const query = client.feeds.queryComments({ filter: { nonsense: 'ada' } });
    await expect(query).rejects.toMatchObject({ code: 4 });
  });
});

describe('around them', () => {
  test('queryUsers gives dates that the SDK can read', async () => {
    const { users } = await client.queryUsers({ payload: { filter_conditions: { id: 'ada' } } });
    expect(users[0]?.created_at.toISOString()).toMatch(/^2024-03-03T/);
    expect(users[0]).toMatchObject({ name: 'Ada L.', banned: false, teams: [], devices: [] });
  });

  test('rate limits: by call and by header', async () => {
    const limits = await client.getRateLimits({ server_side: true, endpoints: 'DeleteUsers' });
    expect(Object.keys(limits.server_side ?? {})).toEqual(['DeleteUsers']);
    const feeds = await client.feeds.getFeedsRateLimits({ server_side: true });
    expect(Object.keys(feeds.server_side ?? {})).toContain('DeleteFeedUserData');
    const { metadata } = await client.queryUsers({ payload: { filter_conditions: {} } });
    expect(metadata.rateLimit.rateLimit).toBe(60_000);
    expect(metadata.rateLimit.rateLimitReset?.getTime()).toBe(
      Math.ceil(box.clock.now() / 60_000) * 60_000,
    );
  });

  test('a wrong secret is an error with code 43', async () => {
    const wrong = new StreamClient(KEY, `${SECRET}!`, { basePath: box.sandbox.origin });
    await expect(wrong.getRateLimits()).rejects.toMatchObject({ code: 43 });
  });

  test('an edge error is no JSON, and the SDK says the status', async () => {
    box.sandbox.control.setFaults(['edge-text=1']);
    await expect(client.getRateLimits()).rejects.toMatchObject({ code: 503 });
  });
});
