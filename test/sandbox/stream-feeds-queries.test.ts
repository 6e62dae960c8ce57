import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Box, START, exported, openBox } from './box.ts';

let box: Box;
beforeEach(async () => {
  box = await openBox();
});
afterEach(() => box.close());

type Row = Record<string, unknown>;
const JOB_TYPES = [
  'activities',
  'feeds',
  'comments',
  'bookmarks',
  'bookmark_folders',
  'collections',
] as const;
type Kind = (typeof JOB_TYPES)[number];

const OPERATIONS: Record<Kind, string> = {
  activities: 'queryActivities',
  feeds: 'queryFeeds',
  comments: 'queryComments',
  bookmarks: 'queryBookmarks',
  bookmark_folders: 'queryBookmarkFolders',
  collections: 'queryCollections',
};
const ALL = { include_private_activities: true, include_expired_activities: true };
const DELETED = { ...ALL, include_soft_deleted_activities: true };

const ask = (kind: Kind, body: unknown) => box.stream('POST', `/api/v2/feeds/${kind}/query`, body);
const of = (kind: Kind, who: unknown) => ({
  filter: { [kind === 'feeds' ? 'created_by_id' : 'user_id']: who },
});

function list(json: Row, kind: string): Row[] {
  const value: unknown = json[kind];
  return Array.isArray(value) ? value : [];
}

async function rows(kind: Kind, body: Row): Promise<Row[]> {
  const { status, json } = await ask(kind, body);
  expect(status).toBe(201);
  return list(json, kind);
}

/** Every page of a query, and how many pages it took. */
async function walk(kind: Kind, body: Row) {
  const found: Row[] = [];
  let pages = 0;
  let next: unknown;
  do {
    const { json } = await ask(kind, { ...body, ...(next === undefined ? {} : { next }) });
    found.push(...list(json, kind));
    next = json['next'];
    pages += 1;
  } while (next !== undefined);
  return { found, pages };
}

async function inExport(id: string): Promise<Row> {
  return (await box.get(await exported(box, 'feeds', id))).json;
}

/** How much of each kind the queries show of someone, activities of every sort included. */
async function shown(id: string) {
  const counts = [];
  for (const kind of JOB_TYPES) {
    const flags = kind === 'activities' ? ALL : {};
    counts.push((await rows(kind, { ...of(kind, id), ...flags })).length);
  }
  return counts;
}

const ADA = [12, 4, 8, 5, 2, 3];
const NOTHING = [0, 0, 0, 0, 0, 0];
const remove = (id: string, hard: boolean) =>
  box.stream('POST', `/api/v2/feeds/users/${id}/delete`, { hard_delete: hard });

describe.each(JOB_TYPES)('query of %s', (kind) => {
  const flags = kind === 'activities' ? ALL : {};
  const key = kind === 'feeds' ? 'feed' : kind === 'bookmarks' ? 'activity_id' : 'id';

  test('shows what the export holds', async () => {
    const { [kind]: there } = await inExport('ada');
    const wanted = Array.isArray(there) ? there.map((item: Row) => item[key]) : [];
    expect(wanted.length).toBeGreaterThan(0);
    const found = await rows(kind, { ...of(kind, 'ada'), ...flags });
    expect(found.map((row) => row[key])).toEqual(wanted);
  });

  test('takes a plain id, $eq and $in; nobody else is shown', async () => {
    const one = await rows(kind, of(kind, 'ada'));
    expect(await rows(kind, of(kind, { $eq: 'ada' }))).toEqual(one);
    expect(await rows(kind, of(kind, { $in: ['nobody', 'ada', 'ada', 'quiet'] }))).toEqual(one);
    expect(await rows(kind, of(kind, { $in: [] }))).toEqual([]);
    expect(await rows(kind, of(kind, 'nobody'))).toEqual([]);
  });

  test('pages: each once, no cursor on the last page', async () => {
    const body = { ...of(kind, { $in: ['ada', 'grace', 'linus', 'user-000003'] }), ...flags };
    const whole = await walk(kind, { ...body, limit: 100 });
    const small = await walk(kind, { ...body, limit: 2 });
    expect(whole.pages).toBe(1);
    expect(small.found).toEqual(whole.found);
    expect(small.pages).toBe(Math.ceil(whole.found.length / 2));
  });

  test('without a user it walks everyone', async () => {
    const { found } = await walk(kind, { filter: {}, ...flags, limit: 100 });
    const ids = Array.from({ length: 40 }, (_, i) => `user-${String(i + 1).padStart(6, '0')}`);
    const everyone = ['ada', 'grace', 'linus', 'prolific', 'quiet', ...ids];
    const named = await walk(kind, { ...of(kind, { $in: everyone }), ...flags, limit: 100 });
    expect(found).toEqual(named.found);
    expect(found.length).toBeGreaterThan(20);
    expect(await rows(kind, { filter: {}, ...flags })).toHaveLength(Math.min(25, found.length));
    expect(await rows(kind, { filter: {}, limit: 0 })).toEqual([]);
  });

  test.each([
    [undefined],
    [[]],
    [{ filter: 'ada' }],
    [{ filter: { nonsense: 'ada' } }],
    [{ filter: { created_at: { $gt: '2026-01-01T00:00:00Z' } } }],
    [of(kind, { $ne: 'ada' })],
    [of(kind, { $in: ['ada'], $gt: 'a' })],
    [of(kind, {})],
    [of(kind, { $in: 'ada' })],
    [of(kind, 7)],
    [of(kind, null)],
    [{ ...of(kind, 'ada'), limit: 101 }],
    [{ ...of(kind, 'ada'), limit: -1 }],
    [{ ...of(kind, 'ada'), limit: 1.5 }],
    [{ ...of(kind, 'ada'), next: 'bm9uc2Vuc2U' }],
    [{ ...of(kind, 'ada'), next: 7 }],
    [{ ...of(kind, 'ada'), prev: 'bm9uc2Vuc2U' }],
    [{ ...of(kind, 'ada'), sort: 'sideways' }],
    [{ ...of(kind, 'ada'), include_private_activities: 'yes' }],
  ])('refuses %j', async (body) => {
    const { status, json } = await ask(kind, body);
    expect([status, json['code']]).toEqual([400, 4]);
    expect(json['message']).toMatch(/^Query\w+ failed with error: /);
  });

  test('a cursor is good for its own filter only', async () => {
    const { json } = await ask(kind, { ...of(kind, 'ada'), limit: 1 });
    expect(json['next']).toBeTypeOf('string');
    const { status } = await ask(kind, { ...of(kind, 'grace'), next: json['next'] });
    expect(status).toBe(400);
  });

  test('deleted softly or for good: not shown, nor in the export', async () => {
    await remove('ada', false);
    expect(await rows(kind, { ...of(kind, 'ada'), ...flags })).toEqual([]);
    expect((await inExport('ada'))[kind]).toEqual([]);
    await remove('ada', true);
    expect(await rows(kind, { ...of(kind, 'ada'), ...flags, ...DELETED })).toEqual([]);
  });

  test('the log names whom the filter names, and the call is a mere look', async () => {
    const before = box.sandbox.control.changed('stream');
    await ask(kind, { ...of(kind, { $in: ['ada', 'grace'] }), user_id: 'linus' });
    await ask(kind, { ...of(kind, { $eq: 'linus' }), limit: 101 });
    const operation = OPERATIONS[kind];
    expect(box.log).toMatchObject([
      { operation, status: 201, ids: ['ada', 'grace'], taskId: null },
      { operation, status: 400, ids: ['linus'] },
    ]);
    expect(box.sandbox.control.changed('stream')).toEqual(before);
    expect(box.sandbox.control.tasks()).toEqual([]);
  });

  test.each([
    ['http-500', 500],
    ['unauthorized', 401],
    ['http-429', 429],
  ])('%s for one id', async (fault, status) => {
    box.sandbox.control.setFaults([`${fault}@${OPERATIONS[kind]}=id:ada`]);
    expect((await ask(kind, of(kind, { $in: ['grace', 'ada'] }))).status).toBe(status);
    expect((await ask(kind, of(kind, 'grace'))).status).toBe(201);
  });

  test('hold, answer-lost, bad-json and wrong-shape', async () => {
    const { control } = box.sandbox;
    const look = () => ask(kind, of(kind, 'ada'));
    control.setFaults([`hold@${OPERATIONS[kind]}=1`]);
    const held = look();
    expect(await control.waitForHeld(OPERATIONS[kind])).toMatchObject([{ ids: ['ada'] }]);
    control.open();
    expect((await held).status).toBe(201);
    control.setFaults([`answer-lost@${OPERATIONS[kind]}=1`]);
    await expect(look()).rejects.toThrow(/closed|hang up|socket/i);
    control.setFaults([`bad-json@${OPERATIONS[kind]}=1`]);
    expect((await look()).json).toEqual({});
    control.setFaults([`wrong-shape@${OPERATIONS[kind]}=1`]);
    expect(Array.isArray((await look()).json[kind])).toBe(false);
    expect(Array.isArray((await look()).json[kind])).toBe(true);
  });

  test('a refused batch is none of its business', async () => {
    box.sandbox.control.setFaults(['batch-refused=id:ada']);
    expect((await ask(kind, of(kind, 'ada'))).status).toBe(201);
    expect(() => box.sandbox.control.setFaults([`batch-refused@${OPERATIONS[kind]}`])).toThrow(
      /no scope/,
    );
  });
});

const seen = (flags: Row) => rows('activities', { ...of('activities', 'ada'), ...flags });

describe('activities', () => {
  test('private and expired ones are shown on request', async () => {
    const plain = await seen({});
    expect(plain.every((row) => row['visibility'] === 'public')).toBe(true);
    expect(plain.every((row) => row['expires_at'] === undefined)).toBe(true);
    const withPrivate = await seen({ include_private_activities: true });
    expect(withPrivate.length).toBeGreaterThan(plain.length);
    const withExpired = await seen({ include_expired_activities: true });
    expect(withExpired.length).toBeGreaterThan(plain.length);
    const expiry = withExpired.find((row) => row['expires_at'] !== undefined)?.['expires_at'];
    expect(Number(expiry) / 1e6).toBeLessThan(START);
    expect(await seen(ALL)).toHaveLength(12);
  });

  test('softly deleted ones are shown on request, with the time of the first deletion', async () => {
    await remove('ada', false);
    box.clock.pass(5000);
    await remove('ada', false);
    expect(await seen(ALL)).toEqual([]);
    expect((await seen({ include_soft_deleted_activities: true })).length).toBeLessThan(12);
    const deleted = await seen(DELETED);
    expect(deleted).toHaveLength(12);
    const times = new Set(deleted.map((row) => Math.floor(Number(row['deleted_at']) / 1e6)));
    expect([...times]).toEqual([START]);
  });

  test('by id, by type and by feed', async () => {
    const [first] = await seen({});
    const filter = { id: { $in: ['nothing', first?.['id']] }, activity_type: 'post' };
    expect(await rows('activities', { filter })).toEqual([first]);
    expect(await rows('activities', { filter: { feed: 'user:ada' } })).toEqual(await seen({}));
    expect(await rows('activities', { filter: { ...filter, user_id: 'grace' } })).toEqual([]);
  });

  test('none is needed to be listed: no filter at all', async () => {
    expect(await rows('activities', {})).toHaveLength(25);
    expect((await ask('comments', {})).json['code']).toBe(4);
  });
});

async function followCounts() {
  const feeds = await rows('feeds', of('feeds', 'ada'));
  return feeds.map((feed) => [feed['feed'], feed['follower_count'], feed['following_count']]);
}

describe('what the answers hold', () => {
  test('a bookmark: its activity, which can be found, and its folder', async () => {
    const [bookmark] = await rows('bookmarks', of('bookmarks', 'ada'));
    expect(bookmark).not.toHaveProperty('id');
    const filter = { id: String(bookmark?.['object_id']) };
    const [activity] = await rows('activities', { filter, ...ALL });
    expect(bookmark).toMatchObject({ object_type: 'activity', activity, user: { id: 'ada' } });
    const folders = await rows('bookmark_folders', of('bookmark_folders', 'ada'));
    expect(folders).toContainEqual(bookmark?.['folder']);
  });

  test('a bookmark outlives the activity: without its text, once that is gone for good', async () => {
    const before = await rows('bookmarks', of('bookmarks', 'ada'));
    const author = String(JSON.stringify(before[0]?.['activity']).match(/user:([\w-]+)/)?.[1]);
    await remove(author, true);
    const [after] = await rows('bookmarks', of('bookmarks', 'ada'));
    expect(after?.['object_id']).toBe(before[0]?.['object_id']);
    expect(after?.['activity']).not.toHaveProperty('text');
    expect(after?.['activity']).toHaveProperty('deleted_at');
  });

  test('feeds count follows, which go with either side', async () => {
    expect((await followCounts()).slice(0, 2)).toEqual([
      ['user:ada', 2, 0],
      ['timeline:ada', 0, 2],
    ]);
    await remove('grace', false);
    expect((await followCounts()).slice(0, 2)).toEqual([
      ['user:ada', 2, 0],
      ['timeline:ada', 0, 1],
    ]);
  });

  test('someone whose account is gone still has feed data, and no name', async () => {
    await remove('grace', true);
    const HARD = { user: 'hard', messages: 'hard', conversations: 'hard' };
    await box.stream('POST', '/api/v2/users/delete', { user_ids: ['ada', 'grace'], ...HARD });
    expect(await shown('ada')).toEqual(ADA);
    expect(await shown('grace')).toEqual(NOTHING);
    const [comment] = await rows('comments', of('comments', 'ada'));
    expect(comment?.['user']).toMatchObject({ id: 'ada', custom: {} });
    expect(comment?.['user']).not.toHaveProperty('name');
  });

  test('user-stays-visible: said to be deleted, and all still there', async () => {
    box.sandbox.control.setFaults(['user-stays-visible@deleteFeedUserData=id:ada']);
    await remove('ada', true);
    await remove('grace', true);
    expect(await shown('ada')).toEqual(ADA);
    expect(await shown('grace')).toEqual(NOTHING);
  });

  test('what a task has not done yet is shown', async () => {
    const slow = await openBox({ taskTime: 1000 });
    await slow.stream('POST', '/api/v2/feeds/users/ada/delete', {});
    const look = async () => {
      const { json } = await slow.stream('POST', '/api/v2/feeds/comments/query', {
        filter: { user_id: 'ada' },
      });
      return list(json, 'comments').length;
    };
    expect(await look()).toBe(8);
    slow.clock.pass(1000);
    expect(await look()).toBe(0);
    await slow.close();
  });
});

describe('limits', () => {
  test('a thousand a minute each, reported by both limit calls', async () => {
    const strict = await openBox({ rate: null });
    const ids = Object.values(OPERATIONS).map((name) => name.replace('query', 'Query'));
    const reset = Math.ceil(strict.clock.now() / 60_000) * 60;
    const full = { limit: 1000, remaining: 1000, reset };
    for (const path of ['feeds/feeds/rate_limits', 'rate_limits']) {
      const { json } = await strict.stream('GET', `/api/v2/${path}?server_side=true`);
      const side = json['server_side'];
      expect(side).toMatchObject(Object.fromEntries(ids.map((id) => [id, full])));
    }
    const asked = `/api/v2/feeds/feeds/rate_limits?server_side=true&endpoints=${ids.join(',')}`;
    const { json } = await strict.stream('GET', asked);
    expect(Object.keys(json['server_side'] ?? {}).toSorted()).toEqual(ids.toSorted());
    await strict.close();
  });

  test('a hundred of five million people: only they are looked at', async () => {
    const big = await openBox({ users: 5_000_000 });
    const ids = Array.from(
      { length: 100 },
      (_, i) => `user-${String((i + 1) * 49_999).padStart(6, '0')}`,
    );
    const query = (filter: Row) =>
      big.stream('POST', '/api/v2/feeds/comments/query', { filter, limit: 100 });
    const { json } = await query({ user_id: { $in: ids } });
    expect(list(json, 'comments').length).toBeGreaterThan(50);
    const [first] = list(json, 'comments');
    expect(ids).toContain(JSON.stringify(first?.['user']).match(/"id":"([^"]+)"/)?.[1]);
    expect(list((await query({})).json, 'comments')).toHaveLength(100);
    await big.close();
  }, 5000);
});
