import { afterEach, describe, expect, test } from 'vitest';
import { createHttp } from '../../../src/http/http.ts';
import type { Outgoing, Provider } from '../../../src/providers/provider.ts';
import { createStream } from '../../../src/providers/stream/adapter.ts';
import { type TestServer, serve } from '../../http/server.ts';
import { testClock } from '../../http/test-clock.ts';
import { freePace } from '../paces.ts';
import { never, source, stage } from '../stage.ts';

const PATHS = ['activities', 'feeds', 'comments', 'bookmarks', 'bookmark_folders', 'collections'];

const feeds = (subjectIds: readonly string[], hard = false): Outgoing => ({
  operation: 'delete_feeds',
  subjectIds,
  options: { hard_delete: hard },
});

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

interface Asked {
  list: string;
  ids: readonly string[];
  body: Record<string, unknown>;
  count: number;
}

interface Ground {
  stream: Provider;
  server: TestServer;
  asked: Asked[];
}

/** A Stream whose queries a test answers; what comes back is the body, or a status and a body. */
async function answering(
  answer: (asked: Asked) => Record<string, unknown> | readonly [number, unknown],
): Promise<Ground> {
  const asked: Asked[] = [];
  const server = await serve((request, response, count) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString());
      const list = (request.url ?? '').split('/').at(-2) ?? '';
      const condition = body.filter.user_id ?? body.filter.created_by_id;
      asked.push({ list, ids: condition.$in, body, count });
      const made = answer({ list, ids: condition.$in, body, count });
      const [status, said] = Array.isArray(made) ? made : [201, made];
      response.writeHead(status).end(JSON.stringify(said));
    });
  });
  const clock = testClock();
  const http = createHttp({ clock, random: () => 0.5, scale: 1 });
  closers.push(
    () => http.close(),
    () => server.close(),
  );
  const account = { apiKey: 'k3y', apiSecret: source('s'), origin: server.origin };
  return {
    stream: createStream(account, {
      http,
      rateLimiter: freePace(),
      clock,
      agent: 'gdpr-test',
      start: 60,
    }),
    server,
    asked,
  };
}

/** An item of a list, as Stream shows whose it is. */
function item(list: string, owner: string): Record<string, unknown> {
  if (list === 'collections') return { id: 'c', name: 'n', user_id: owner };
  if (list === 'feeds') return { id: 'f', created_by: { id: owner } };
  return { id: 'i', user: { id: owner }, activity: { user: { id: 'somebody' } } };
}

const page = (list: string, owners: readonly string[], more: Record<string, unknown> = {}) => ({
  [list]: owners.map((owner) => item(list, owner)),
  duration: '1ms',
  ...more,
});

describe('for feed data', () => {
  test('nobody has any: six queries, by owner, a hundred a page', async () => {
    const { stream, asked, server } = await answering(({ list }) => page(list, []));
    expect(await stream.look(feeds(['ada', 'bob', 'ada']), never)).toEqual({
      kind: 'looked',
      visible: new Set(),
    });
    expect(server.requests).toEqual(
      PATHS.map((path) => `POST /api/v2/feeds/${path}/query?api_key=k3y`),
    );
    const owned = { filter: { user_id: { $in: ['ada', 'bob'] } }, limit: 100 };
    expect(asked.map(({ body }) => body)).toEqual([
      { ...owned, include_private_activities: true, include_expired_activities: true },
      { filter: { created_by_id: { $in: ['ada', 'bob'] } }, limit: 100 },
      owned,
      owned,
      owned,
      owned,
    ]);
  });

  test('a hard deletion must not leave what is only hidden', async () => {
    const { stream, asked } = await answering(({ list }) => page(list, []));
    await stream.look(feeds(['ada'], true), never);
    expect(asked[0]?.body).toMatchObject({ include_soft_deleted_activities: true });
    expect(asked[1]?.body).not.toHaveProperty('include_soft_deleted_activities');
  });

  test.each(PATHS)('one who has %s only is visible', async (owned) => {
    const { stream, asked } = await answering(({ list, ids }) =>
      page(list, list === owned && ids.includes('bob') ? ['bob', 'bob'] : []),
    );
    expect(await stream.look(feeds(['ada', 'bob']), never)).toEqual({
      kind: 'looked',
      visible: new Set(['bob']),
    });
    expect(asked).toHaveLength(7);
  });

  test('who is found is not asked for again, at that kind or another', async () => {
    const { stream, asked } = await answering(({ list, ids }) =>
      // A page full of one busy user's hides the others.
      page(list, list === 'activities' ? ids.slice(0, 1) : []),
    );
    const answer = await stream.look(feeds(['ada', 'bob']), never);
    expect(answer).toEqual({ kind: 'looked', visible: new Set(['ada', 'bob']) });
    expect(asked.map(({ ids }) => ids)).toEqual([['ada', 'bob'], ['bob']]);
  });

  test('a hundred ids a call, and each hundred for itself', async () => {
    const ids = Array.from({ length: 150 }, (_, at) => `user-${at}`);
    const { stream, asked } = await answering(({ list, ids: some }) =>
      page(list, some.includes('user-120') ? ['user-120'] : []),
    );
    expect(await stream.look(feeds(ids), never)).toEqual({
      kind: 'looked',
      visible: new Set(['user-120']),
    });
    expect(asked[0]?.ids).toHaveLength(100);
    expect(asked.filter(({ ids: some }) => some.includes('user-120'))).toHaveLength(1);
  });

  test('an empty page that says there are more is not the end', async () => {
    const { stream, asked } = await answering(({ list, body }) =>
      body['next'] === undefined
        ? page(list, [], { next: list === 'comments' ? 'p2' : '' })
        : page(list, ['ada']),
    );
    expect(await stream.look(feeds(['ada']), never)).toEqual({
      kind: 'looked',
      visible: new Set(['ada']),
    });
    expect(asked.at(-1)).toMatchObject({ list: 'comments', body: { next: 'p2' } });
  });

  test.each([
    ['the same', () => 'p', 2],
    ['always another', (count: number) => `p${count}`, 101],
  ])('pages without end, the next %s: no answer', async (_what, next, calls) => {
    const { stream, asked } = await answering(({ list, count }) =>
      page(list, [], { next: next(count) }),
    );
    expect(await stream.look(feeds(['ada']), never)).toMatchObject({
      kind: 'unavailable',
      error: { code: 'unreadable_answer', message: expect.stringContaining('no end') },
    });
    expect(asked).toHaveLength(calls);
  });

  test.each([
    ['of somebody else', { user: { id: 'Ada' } }, 'not asked for'],
    ['without an owner', { id: 'i' }, 'activities.0'],
    ['whose owner has no id', { user: {} }, 'activities.0'],
    ['whose owner is empty', { user: { id: '' } }, 'activities.0'],
  ])('an item %s is an answer that does not fit', async (_what, odd, words) => {
    const { stream } = await answering(() => ({ activities: [odd] }));
    expect(await stream.look(feeds(['ada']), never)).toMatchObject({
      kind: 'unavailable',
      error: { code: 'unreadable_answer', message: expect.stringContaining(words) },
    });
  });

  test.each([{}, { activities: null }, { activities: {} }, { activities: [], next: 5 }])(
    '%j is no page',
    async (body) => {
      const { stream } = await answering(() => body);
      expect(await stream.look(feeds(['ada']), never)).toMatchObject({ kind: 'unavailable' });
    },
  );

  test('a refusal at any kind: what was not looked at must not pass for gone', async () => {
    const { stream } = await answering(({ list }) =>
      list === 'collections' ? [404, { code: 16, message: 'no collections' }] : page(list, []),
    );
    expect(await stream.look(feeds(['ada']), never)).toMatchObject({ kind: 'not_checkable' });
  });

  test('and who was found before it has been seen', async () => {
    const { stream } = await answering(({ list }) =>
      list === 'feeds' ? [404, { code: 16, message: 'no feeds' }] : page(list, ['ada']),
    );
    expect(await stream.look(feeds(['ada']), never)).toEqual({
      kind: 'looked',
      visible: new Set(['ada']),
    });
  });

  test.each([{}, { hard_delete: 1 }])('options %j are not looked for', async (options) => {
    const { stream, asked } = await answering(({ list }) => page(list, []));
    await expect(stream.look({ ...feeds(['ada']), options }, never)).rejects.toThrow(/options/);
    expect(asked).toEqual([]);
  });
});

describe('an answer that is no page', () => {
  test.each([
    ['input', 'not_checkable', 1],
    ['feeds-unknown-404', 'not_checkable', 1],
    ['not-allowed', 'not_checkable', 1],
    ['bad-key', 'credentials', 1],
    ['suspended', 'credentials', 1],
    ['edge-403', 'credentials', 1],
    ['edge-404', 'unavailable', 1],
    ['rate-limited-for-good', 'unavailable', 1],
    ['rate-limited-retry-after', 'limited', 9],
    ['edge-503', 'unavailable', 4],
    ['internal', 'unavailable', 4],
    ['started-not-json', 'unavailable', 1],
  ])('%s: %s', async (fixture, kind, calls) => {
    const on = await stage('stream', [fixture]);
    closers.push(() => on.close());
    expect(await on.stream.look(feeds(['ada']), never)).toMatchObject({ kind });
    expect(on.server.requests).toHaveLength(calls);
  });

  test('not checkable is for good, and says why', async () => {
    const on = await stage('stream', ['not-allowed']);
    closers.push(() => on.close());
    expect(await on.stream.look(feeds(['ada']), never)).toMatchObject({
      error: { passing: false, providerCode: 17, message: expect.stringContaining('not allowed') },
    });
  });
});

describe('for accounts', () => {
  test.each(['delete_users', 'restore_users'] as const)(
    '%s: who can be seen',
    async (operation) => {
      const on = await stage('stream', ['users']);
      closers.push(() => on.close());
      const call = { operation, subjectIds: ['ada', 'linus', 'ghost'], options: {} };
      expect(await on.stream.look(call, never)).toEqual({
        kind: 'looked',
        visible: new Set(['ada', 'linus']),
      });
      expect(on.server.requests).toHaveLength(1);
    },
  );

  test('no answer is no sight', async () => {
    const on = await stage('stream', ['bad-key']);
    closers.push(() => on.close());
    const call = { operation: 'delete_users', subjectIds: ['ada'], options: {} } as const;
    expect(await on.stream.look(call, never)).toMatchObject({ kind: 'credentials' });
  });

  test.each(['export_users', 'export_feeds', 'delete', 'access'] as const)(
    '%s is not to be looked at',
    async (operation) => {
      const on = await stage('stream', ['users']);
      closers.push(() => on.close());
      const call = { operation, subjectIds: ['ada'], options: {} };
      await expect(on.stream.look(call, never)).rejects.toThrow(operation);
    },
  );
});
