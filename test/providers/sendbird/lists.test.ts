import { afterEach, describe, expect, test } from 'vitest';
import type { Outgoing } from '../../../src/providers/provider.ts';
import { type Answering, answering } from '../answering.ts';
import { ABSENT, SEEN, type Stage, never, stage } from '../stage.ts';

const access: Outgoing = { operation: 'access', subjectIds: ['ada'], options: {} };
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

interface Entry {
  request_id: string;
  action: string;
  status: string;
  created_at: number;
  user_id?: string;
  user_ids?: readonly string[];
}

const entry = (request_id: string, created_at: number, more: Partial<Entry> = {}): Entry => ({
  request_id,
  action: 'access',
  status: 'scheduled',
  user_id: 'ada',
  created_at,
  ...more,
});

/** An answering Sendbird that is closed with the test. */
async function opened(answer: Parameters<typeof answering>[0]): Promise<Answering> {
  const on = await answering(answer);
  closers.push(() => on.close());
  return on;
}

describe('search', () => {
  test('to the end, like the call, not older, oldest first, each once', async () => {
    const pages: Record<string, unknown> = {
      '': {
        requests: [
          entry('r9', 9_000_000_000_000),
          entry('other', 9_000_000_000_000, { user_id: 'Ada' }),
          entry('deletion', 9_000_000_000_000, { action: 'delete', user_ids: ['ada'] }),
        ],
        next: 'p 2&x',
      },
      'p 2&x': { requests: [entry('r9', 9_000_000_000_000), entry('r1', 1_000)], next: 'p3' },
      p3: { requests: [entry('r5', 5_000_000_000_000), entry('r4', 4_999_999_999_999)], next: '' },
    };
    const { requests, sendbird } = await opened(
      (url) => pages[url.searchParams.get('token') ?? ''],
    );
    expect(await sendbird.search(access, 5_000_000_000_000, never)).toEqual({
      kind: 'listed',
      tasks: [
        { taskId: 'r5', createdAt: 5_000_000_000_000, status: 'scheduled' },
        { taskId: 'r9', createdAt: 9_000_000_000_000, status: 'scheduled' },
      ],
    });
    expect(requests[0]).toBe('GET /v3/privacy/gdpr?limit=100');
    expect(requests[1]).toBe('GET /v3/privacy/gdpr?limit=100&token=p%202%26x');
    expect(requests).toHaveLength(3);
  });

  test('an empty list is a list', async () => {
    const { sendbird } = await opened(() => ({ requests: [], next: '' }));
    expect(await sendbird.search(access, 0, never)).toEqual({ kind: 'listed', tasks: [] });
  });

  test.each([null, undefined])('the end may be next %j', async (next) => {
    const { sendbird } = await opened(() => ({ requests: [], next }));
    expect(await sendbird.search(access, 0, never)).toEqual({ kind: 'listed', tasks: [] });
  });

  test('a circle is no end', async () => {
    const { requests, sendbird } = await opened((_url, count) => ({
      requests: [],
      next: count % 2 === 0 ? 'a' : 'b',
    }));
    expect(await sendbird.search(access, 0, never)).toMatchObject({
      kind: 'unavailable',
      error: { code: 'unreadable_answer', message: expect.stringContaining('circle') },
    });
    expect(requests).toHaveLength(3);
  });

  test('nor is a list without end', async () => {
    const { requests, sendbird } = await opened((_url, count) => ({
      requests: [],
      next: `page-${count}`,
    }));
    expect(await sendbird.search(access, 0, never)).toMatchObject({ kind: 'unavailable' });
    expect(requests).toHaveLength(2_000);
  });

  test('a cursor that runs out: from the start, once', async () => {
    const expired = { error: true, code: 400109, message: 'Token expired.' };
    const { requests, sendbird } = await opened((url, count) => {
      if (count === 2) return expired;
      return url.searchParams.has('token')
        ? { requests: [entry('r2', 2_000_000_000_000)], next: '' }
        : { requests: [entry('r3', 3_000_000_000_000)], next: 'p2' };
    });
    expect(await sendbird.search(access, 0, never)).toMatchObject({
      tasks: [{ taskId: 'r2' }, { taskId: 'r3' }],
    });
    expect(requests).toHaveLength(4);
    const always = await opened((url) =>
      url.searchParams.has('token') ? expired : { requests: [], next: 'p2' },
    );
    expect(await always.sendbird.search(access, 0, never)).toMatchObject({ kind: 'unavailable' });
  });

  test('an entry that does not fit is named, and nothing passes for not there', async () => {
    const { sendbird } = await opened(() => ({
      requests: [entry('r1', 1), { request_id: 'r2', action: 'access', status: 'done' }],
      next: '',
    }));
    expect(await sendbird.search(access, 0, never)).toMatchObject({
      kind: 'unavailable',
      error: { message: expect.stringContaining('requests.1.created_at') },
    });
  });
});

describe('lookup', () => {
  let on: Stage;

  async function one(fixture: string): Promise<unknown> {
    on = await stage('sendbird', [fixture]);
    closers.push(() => on.close());
    return on.sendbird.lookup(['ada'], never);
  }

  test.each([
    ['user', { ...SEEN, name: 'Ada' }],
    ['user-deactivated', { ...SEEN, deactivated: true }],
    ['not-found', ABSENT],
    ['user-deleted', ABSENT],
  ])('one user, %s', async (fixture, presence) => {
    expect(await one(fixture)).toEqual({ kind: 'found', presence: new Map([['ada', presence]]) });
    expect(on.server.requests).toEqual(['GET /v3/users/ada']);
  });

  test.each([
    ['user-other', 'unavailable'],
    ['registered-not-json', 'unavailable'],
    ['bad-token', 'credentials'],
    ['edge-404', 'unavailable'],
    ['missing-parameter', 'unavailable'],
  ])('one user, %s: %s', async (fixture, kind) => {
    const answer = await one(fixture);
    expect(answer).toMatchObject({ kind });
    expect(JSON.stringify(answer)).not.toContain('t0k3n');
  });

  test('many: deactivated too, a hundred a call, every page', async () => {
    const ids = Array.from({ length: 150 }, (_, index) => `user ${index}`);
    const { requests, sendbird } = await opened((url) => {
      const asked = (url.searchParams.get('user_ids') ?? '').split(',');
      const second = url.searchParams.has('token');
      const users = (second ? asked.slice(1) : asked.slice(0, 1)).map((user_id) => ({ user_id }));
      return {
        users: users.filter(({ user_id }) => user_id !== 'user 7'),
        next: second ? '' : 'n',
      };
    });
    const found = await sendbird.lookup(ids, never);
    if (found.kind !== 'found') throw new Error(found.kind);
    const absent = [...found.presence].filter(([, { visible }]) => !visible).map(([id]) => id);
    expect(absent).toEqual(['user 7']);
    expect(found.presence.size).toBe(150);
    expect(requests).toHaveLength(4);
    expect(requests[0]).toContain('active_mode=all&limit=100');
    expect(requests[0]).toContain('user_ids=user%200,user%201,');
  });

  test('an id with a comma is asked for alone', async () => {
    const { requests, sendbird } = await opened((url) =>
      url.pathname === '/v3/users' ? { users: [{ user_id: 'c' }], next: '' } : { user_id: 'a,b' },
    );
    const found = await sendbird.lookup(['a,b', 'c', 'd'], never);
    expect(found).toEqual({
      kind: 'found',
      presence: new Map([
        ['a,b', SEEN],
        ['c', SEEN],
        ['d', ABSENT],
      ]),
    });
    expect(requests).toEqual([
      'GET /v3/users/a%2Cb',
      'GET /v3/users?user_ids=c,d&active_mode=all&limit=100',
    ]);
  });

  test('what tells whom it is about: instants in ms, names that are fit to be shown', async () => {
    on = await stage('sendbird', ['users-told']);
    closers.push(() => on.close());
    const found = await on.sendbird.lookup(['ada', 'bob', 'eve'], never);
    if (found.kind !== 'found') throw new Error(found.kind);
    expect(found.presence.get('ada')).toEqual({
      visible: true,
      name: 'Ada',
      createdAt: 1_795_262_400_000,
      lastSeenAt: 1_795_348_740_500,
      deactivated: true,
    });
    expect(found.presence.get('bob')).toEqual({
      ...SEEN,
      name: `Bob ${'x'.repeat(95)}…`,
      createdAt: 1_795_262_400_123,
    });
    expect(found.presence.get('eve')).toEqual(SEEN);
    expect(JSON.stringify([...found.presence])).not.toContain('t0k3n');
  });

  test('a user without an id is an answer that does not fit', async () => {
    on = await stage('sendbird', ['users-odd']);
    closers.push(() => on.close());
    const answer = await on.sendbird.lookup(['ada', 'bob'], never);
    expect(answer).toMatchObject({
      kind: 'unavailable',
      error: { message: expect.stringContaining('users.0.user_id') },
    });
    expect(JSON.stringify(answer)).not.toContain('t0k3n');
  });
});
