import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Box, exported, lines, openBox, streamLink } from './box.ts';

let box: Box;
beforeAll(async () => {
  box = await openBox();
});
afterAll(() => box.close());

const PARTS = [
  'feeds',
  'follows',
  'activities',
  'comments',
  'reactions',
  'bookmarks',
  'bookmark_folders',
  'collections',
];

describe('exportFeedUserData', () => {
  test('answers 201 with a task id of 36 characters and a duration', async () => {
    const { status, json } = await box.stream('POST', '/api/v2/feeds/users/ada/export');
    expect(status).toBe(201);
    expect(json['task_id']).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f-]{16}$/);
    expect(json['duration']).toMatch(/^[\d.]+ms$/);
  });

  test("gives one JSON object with ada's feed data", async () => {
    const { status, json, headers } = await box.get(await exported(box, 'feeds', 'ada'));
    expect([status, headers['content-type']]).toEqual([200, 'application/json']);
    expect(Object.keys(json)).toEqual(['user', ...PARTS]);
    expect(json['user']).toMatchObject({ id: 'ada', name: 'Ada L.' });
    for (const part of PARTS) expect(json[part]).not.toHaveLength(0);
  });

  test('gives nothing but the profile for quiet', async () => {
    const { json } = await box.get(await exported(box, 'feeds', 'quiet'));
    expect(json['user']).toMatchObject({ id: 'quiet' });
    for (const part of PARTS) expect(json[part]).toEqual([]);
  });

  test.each(['nobody', 'user-000041', 'user-0', 'grace-h'])(
    'does not know %s: 404 code 16',
    async (id) => {
      const { status, json } = await box.stream('POST', `/api/v2/feeds/users/${id}/export`);
      expect([status, json['code']]).toEqual([404, 16]);
    },
  );

  test('decodes the user id in the path', async () => {
    await box.stream('POST', '/api/v2/feeds/users/a%20b%2Fc%2541/export');
    expect(box.log.at(-1)?.ids).toEqual(['a b/c%41']);
  });
});

const post = (body: unknown) => box.stream('POST', '/api/v2/export/users', body);

describe('exportUsers', () => {
  test('gives JSON lines: user, channels, messages, reactions, a call', async () => {
    const url = await exported(box, 'users', 'ada');
    expect(url).toContain('/exports/users/');
    const entities = lines((await box.get(url)).text);
    const types = new Set(entities.map(({ type }) => type));
    expect([...types]).toEqual(['user', 'channel', 'message', 'reaction', 'call']);
    const messages = entities.filter(({ type }) => type === 'message');
    expect(messages).toHaveLength(240);
    expect(messages.every(({ data }) => data['user_id'] === 'ada')).toBe(true);
    expect(messages[0]?.data['created_at']).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  test('cuts prolific at 10,000 messages without a word', async () => {
    const { text } = await box.get(await exported(box, 'users', 'prolific'));
    expect(lines(text).filter(({ type }) => type === 'message')).toHaveLength(10_000);
  });

  test('takes 1 to 25 ids and nothing else', async () => {
    const ids = Array.from({ length: 26 }, (_, i) => `user-${String(i + 1).padStart(6, '0')}`);
    expect((await post({ user_ids: ids.slice(1) })).status).toBe(201);
    for (const body of [{ user_ids: ids }, { user_ids: [] }, {}, { user_ids: 'ada' }, [], null]) {
      const { status, json } = await post(body);
      expect([status, json['code']]).toEqual([400, 4]);
    }
  });

  test('refuses a batch with one unknown id', async () => {
    const body = { user_ids: ['ada', 'nobody'] };
    const { status, json } = await box.stream('POST', '/api/v2/export/users', body);
    expect([status, json['code']]).toEqual([404, 16]);
    expect(json['message']).toBe('ExportUsers failed with error: "users not found: nobody"');
  });
});

describe('exportUser', () => {
  test('gives one user at once', async () => {
    const { status, json } = await box.stream('GET', '/api/v2/users/ada/export');
    expect(status).toBe(200);
    expect(json['messages']).toHaveLength(240);
    expect(json['user']).toMatchObject({ id: 'ada' });
  });

  test('refuses above 10,000 messages', async () => {
    const { status, json } = await box.stream('GET', '/api/v2/users/prolific/export');
    expect([status, json['code']]).toEqual([400, 4]);
  });
});

describe('getTask', () => {
  test('goes waiting, pending, running, completed, with nanosecond integers', async () => {
    const slow = await openBox({ taskTime: 100 });
    const started = await slow.stream('POST', '/api/v2/feeds/users/ada/export');
    const path = `/api/v2/tasks/${String(started.json['task_id'])}`;
    const begun = slow.clock.now();
    const seen: unknown[] = [];
    for (const step of [0, 30, 30, 40]) {
      slow.clock.pass(step);
      const { json } = await slow.stream('GET', path);
      seen.push(json['status']);
      expect(Math.floor(Number(json['created_at']) / 1e6)).toBe(begun);
      expect('result' in json).toBe(json['status'] === 'completed');
    }
    expect(seen).toEqual(['waiting', 'pending', 'running', 'completed']);
    await slow.close();
  });

  test('makes a new link each time', async () => {
    const { json } = await box.stream('POST', '/api/v2/feeds/users/ada/export');
    const urls = [await streamLink(box, json['task_id']), await streamLink(box, json['task_id'])];
    expect(urls[0]).not.toBe(urls[1]);
  });

  test('does not know other ids: 404 code 16', async () => {
    const { status, json } = await box.stream('GET', '/api/v2/tasks/nothing');
    expect([status, json['code']]).toEqual([404, 16]);
  });
});
