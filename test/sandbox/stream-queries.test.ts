import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Box, openBox } from './box.ts';

let box: Box;
beforeEach(async () => {
  box = await openBox({ rate: null });
});
afterEach(() => box.close());

function query(payload: unknown) {
  const text = encodeURIComponent(typeof payload === 'string' ? payload : JSON.stringify(payload));
  return box.stream('GET', `/api/v2/users?payload=${text}`);
}

async function idsFor(payload: unknown): Promise<unknown[]> {
  const { json } = await query(payload);
  const users: unknown = json['users'];
  return Array.isArray(users) ? users.map((user: { id: string }) => user.id) : [];
}

describe('queryUsers', () => {
  test('finds by a plain id, $eq and $in, and leaves unknown ids out', async () => {
    expect(await idsFor({ filter_conditions: { id: 'ada' } })).toEqual(['ada']);
    expect(await idsFor({ filter_conditions: { id: { $eq: 'linus' } } })).toEqual(['linus']);
    const found = await idsFor({
      filter_conditions: { id: { $in: ['nobody', 'ada', 'user-000040', 'user-000041', 'ada'] } },
    });
    expect(found).toHaveLength(2);
    expect(found).toEqual(expect.arrayContaining(['ada', 'user-000040']));
  });

  test('pages with limit and offset', async () => {
    const sort = [{ field: 'id', direction: -1 }];
    const filter_conditions = { id: { $in: ['ada', 'grace', 'linus'] } };
    expect(await idsFor({ filter_conditions, sort, limit: 2 })).toEqual(['linus', 'grace']);
    expect(await idsFor({ filter_conditions, sort, limit: 2, offset: 2 })).toEqual(['ada']);
    expect(await idsFor({ filter_conditions: {} })).toHaveLength(30);
    expect(await idsFor({ filter_conditions: {}, limit: 100 })).toHaveLength(45);
  });

  test('gives the fields of FullUserResponse, times as nanoseconds', async () => {
    const { json } = await query({ filter_conditions: { id: 'ada' } });
    const rows: unknown = json['users'];
    const row: unknown = Array.isArray(rows) ? rows[0] : null;
    expect(row).toMatchObject({ id: 'ada', name: 'Ada L.', banned: false, teams: [] });
    const created = row && typeof row === 'object' && 'created_at' in row ? row.created_at : 0;
    expect(new Date(Number(created) / 1e6).toISOString().slice(0, 10)).toBe('2024-03-03');
  });

  test.each([
    ['{'],
    [{}],
    [{ filter_conditions: { deleted_at: { $exists: true } } }],
    [{ filter_conditions: { id: { $like: 'a' } } }],
    [{ filter_conditions: {}, limit: 101 }],
    [{ filter_conditions: {}, offset: 1001 }],
    [{ filter_conditions: {}, sort: Array.from({ length: 6 }, () => ({ field: 'id' })) }],
  ])('refuses %j', async (payload) => {
    const { status, json } = await query(payload);
    expect([status, json['code']]).toEqual([400, 4]);
  });
});

const erase = () => box.stream('POST', '/api/v2/users/delete', { user_ids: ['nobody'] });

describe('rate limits', () => {
  test('DeleteUsers: six a clock minute, refused calls counted', async () => {
    for (let call = 1; call <= 6; call += 1) {
      const { status, headers } = await erase();
      expect([status, headers['x-ratelimit-limit'], headers['x-ratelimit-remaining']]).toEqual([
        404,
        '6',
        String(6 - call),
      ]);
      box.clock.pass(1000);
    }
    const refused = await erase();
    expect([refused.status, refused.json['code']]).toEqual([429, 9]);
    expect(refused.json['message']).toContain('Too many requests');
    expect(refused.headers['x-ratelimit-remaining']).toBe('0');
    const reset = Number(refused.headers['x-ratelimit-reset']);
    expect(reset * 1000).toBe(Math.ceil(box.clock.now() / 60_000) * 60_000);
    box.clock.pass(reset * 1000 - box.clock.now() - 1);
    expect((await erase()).status).toBe(429);
    box.clock.pass(1);
    expect((await erase()).status).toBe(404);
  });

  test('a thirtieth of it per second', async () => {
    expect((await erase()).status).toBe(404);
    const refused = await erase();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers['x-ratelimit-reset'])).toBe(box.clock.now() / 1000 + 1);
    box.clock.pass(1000);
    expect((await erase()).status).toBe(404);
  });

  test('the two limit calls report them, by operation id', async () => {
    await erase();
    const path = 'rate_limits?server_side=true&endpoints=DeleteUsers,GetTask,Nonsense';
    const { json } = await box.stream('GET', `/api/v2/${path}`);
    const reset = Math.ceil(box.clock.now() / 60_000) * 60;
    expect(json['server_side']).toEqual({
      DeleteUsers: { limit: 6, remaining: 5, reset },
      GetTask: { limit: 1000, remaining: 1000, reset },
    });
    const feeds = await box.stream('GET', '/api/v2/feeds/feeds/rate_limits');
    expect(Object.keys(feeds.json['server_side'] ?? {})).toContain('ExportFeedUserData');
  });

  test('`rate` replaces them', async () => {
    const fast = await openBox({ rate: 2 });
    const call = () => fast.stream('POST', '/api/v2/users/delete', { user_ids: ['nobody'] });
    expect((await call()).headers['x-ratelimit-limit']).toBe('120');
    expect((await call()).status).toBe(404);
    expect((await call()).status).toBe(429);
    await fast.close();
  });
});

test('an unknown path is 404 code 16', async () => {
  const { status, json } = await box.stream('GET', '/api/v2/nothing');
  expect([status, json['code']]).toEqual([404, 16]);
});
