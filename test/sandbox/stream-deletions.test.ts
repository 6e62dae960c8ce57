import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Box, exported, lines, openBox, seenAtStream } from './box.ts';

let box: Box;
beforeEach(async () => {
  box = await openBox();
});
afterEach(() => box.close());

const HARD = { user: 'hard', messages: 'hard', conversations: 'hard', calls: 'hard', files: true };

const erase = (body: Record<string, unknown>) => box.stream('POST', '/api/v2/users/delete', body);
const restore = (id: string) => box.stream('POST', '/api/v2/users/restore', { user_ids: [id] });

async function usersFile(id: string) {
  return lines((await box.get(await exported(box, 'users', id))).text);
}

describe('deleteUsers', () => {
  test('hides the user at once and reports each user at the end', async () => {
    const slow = await openBox({ taskTime: 1000 });
    const { status, json } = await slow.stream('POST', '/api/v2/users/delete', {
      user_ids: ['ada', 'grace'],
    });
    expect(status).toBe(201);
    expect(await seenAtStream(slow, 'ada')).toBe(false);
    expect(slow.sandbox.control.user('stream', 'ada').account['user']).toBeNull();
    slow.clock.pass(1000);
    const task = await slow.stream('GET', `/api/v2/tasks/${String(json['task_id'])}`);
    expect(task.json['result']).toEqual({ ada: { status: 'ok' }, grace: { status: 'ok' } });
    expect(slow.sandbox.control.user('stream', 'ada').account['user']).toMatchObject({
      mode: 'soft',
    });
    await slow.close();
  });

  test('soft keeps the rows, marked', async () => {
    await erase({ user_ids: ['ada'], user: 'soft', messages: 'soft' });
    const entities = await usersFile('ada');
    expect(entities[0]).toMatchObject({ type: 'user', data: { name: 'Ada L.' } });
    expect(entities[0]?.data['deleted_at']).not.toBeNull();
    const messages = entities.filter(({ type }) => type === 'message');
    expect(messages).toHaveLength(240);
    expect(messages.every(({ data }) => data['type'] === 'deleted' && data['text'] !== null)).toBe(
      true,
    );
  });

  test('pruning nulls profile and text and drops reactions', async () => {
    await erase({ user_ids: ['ada'], user: 'pruning', messages: 'pruning' });
    const entities = await usersFile('ada');
    expect(entities[0]?.data).toMatchObject({ name: null, image: null });
    const messages = entities.filter(({ type }) => type === 'message');
    expect(messages.every(({ data }) => data['text'] === null)).toBe(true);
    expect(entities.some(({ type }) => type === 'reaction')).toBe(false);
  });

  test('hard removes the row, and the 1:1 channels and calls of the other side too', async () => {
    const before = await usersFile('grace');
    await erase({ user_ids: ['ada'], ...HARD });
    const refused = await box.stream('POST', '/api/v2/export/users', { user_ids: ['ada'] });
    expect([refused.status, refused.json['code']]).toEqual([404, 16]);
    const after = await usersFile('grace');
    const cids = (entities: typeof before) =>
      entities.filter(({ type }) => type === 'channel').map(({ data }) => data['cid']);
    expect(cids(before)).toContain('messaging:dm-ada');
    expect(cids(after)).not.toContain('messaging:dm-ada');
    expect(before.some(({ data }) => data['cid'] === 'default:call-ada')).toBe(true);
    expect(after.some(({ data }) => data['cid'] === 'default:call-ada')).toBe(false);
    expect(after.filter(({ type }) => type === 'message').length).toBeLessThan(
      before.filter(({ type }) => type === 'message').length,
    );
  });

  test('a file that was made before the deletion stays as it was', async () => {
    const url = await exported(box, 'users', 'ada');
    const before = await box.get(url);
    await erase({ user_ids: ['ada'], ...HARD });
    const after = await box.get(url);
    expect(after.text).toBe(before.text);
    expect(after.headers['etag']).toBe(before.headers['etag']);
  });

  test('hard users need hard messages and hard conversations', async () => {
    for (const part of ['messages', 'conversations']) {
      const body: Record<string, unknown> = { user_ids: ['ada'], ...HARD };
      delete body[part];
      const { status, json } = await erase(body);
      expect([status, json['code']]).toEqual([400, 4]);
    }
    expect(await seenAtStream(box, 'ada')).toBe(true);
  });

  test.each([
    [{ user_ids: ['ada'], user: 'medium' }],
    [{ user_ids: ['ada'], conversations: 'pruning' }],
    [{ user_ids: ['ada'], files: 'yes' }],
    [{ user_ids: [''] }],
    [{ user_ids: Array.from({ length: 101 }, (_, i) => `u${i}`) }],
    [{ user: 'soft' }],
  ])('refuses %j', async (body) => {
    const { status, json } = await erase(body);
    expect([status, json['code']]).toEqual([400, 4]);
  });

  test('refuses a batch with an unknown or hard-deleted id and touches nobody', async () => {
    await erase({ user_ids: ['linus'], ...HARD });
    const { status, json } = await erase({ user_ids: ['ada', 'linus'] });
    expect([status, json['code']]).toEqual([404, 16]);
    expect(await seenAtStream(box, 'ada')).toBe(true);
  });
});

describe('restoreUsers', () => {
  test('brings a soft-deleted user back, at once and without a task', async () => {
    await erase({ user_ids: ['ada'] });
    expect(await seenAtStream(box, 'ada')).toBe(false);
    const { status, json } = await restore('ada');
    expect(status).toBe(201);
    expect(Object.keys(json)).toEqual(['duration']);
    expect(await seenAtStream(box, 'ada')).toBe(true);
  });

  test.each([
    ['an active user', null],
    ['a pruned user', { user: 'pruning' }],
    ['a hard-deleted user', HARD],
  ])('refuses %s with code 4', async (_name, mode) => {
    if (mode) await erase({ user_ids: ['ada'], ...mode });
    const { status, json } = await restore('ada');
    expect([status, json['code']]).toEqual([400, 4]);
    expect(json['message']).toBe(
      `RestoreUsers failed with error: "user "ada" is not deleted, it can't be restored"`,
    );
  });

  test('one bad id refuses the whole batch', async () => {
    await erase({ user_ids: ['ada'] });
    const { status } = await box.stream('POST', '/api/v2/users/restore', {
      user_ids: ['ada', 'grace'],
    });
    expect(status).toBe(400);
    expect(await seenAtStream(box, 'ada')).toBe(false);
  });
});

describe('deleteFeedUserData', () => {
  test.each([{}, { hard_delete: true }])('%j empties the feeds export', async (body) => {
    const { status } = await box.stream('POST', '/api/v2/feeds/users/ada/delete', body);
    expect(status).toBe(201);
    const { json } = await box.get(await exported(box, 'feeds', 'ada'));
    expect(json['user']).toMatchObject({ id: 'ada' });
    expect(json['activities']).toEqual([]);
    expect(json['follows']).toEqual([]);
    expect(await seenAtStream(box, 'ada')).toBe(true);
  });

  test('removes follows from the other side too, and survives a restore', async () => {
    const followsOf = async (id: string) =>
      JSON.stringify((await box.get(await exported(box, 'feeds', id))).json['follows']);
    expect(await followsOf('grace')).toContain(':ada');
    await box.stream('POST', '/api/v2/feeds/users/ada/delete', {});
    await erase({ user_ids: ['ada'] });
    await restore('ada');
    expect(await followsOf('grace')).not.toContain(':ada');
    expect(await followsOf('ada')).toBe('[]');
  });

  test('needs a body and a known user', async () => {
    const none = await box.stream('POST', '/api/v2/feeds/users/ada/delete');
    expect([none.status, none.json['code']]).toEqual([400, 4]);
    const unknown = await box.stream('POST', '/api/v2/feeds/users/nobody/delete', {});
    expect([unknown.status, unknown.json['code']]).toEqual([404, 16]);
  });
});

const post = (verb: string, body: unknown) => box.stream('POST', `/api/v2/users/${verb}`, body);
const query = async (more: object) => {
  const payload = JSON.stringify({ filter_conditions: { id: 'ada' }, ...more });
  const { json } = await box.stream('GET', `/api/v2/users?payload=${encodeURIComponent(payload)}`);
  return json['users'];
};

describe('deactivate and reactivate', () => {
  test('hides from look-ups unless asked for, and comes back', async () => {
    const { json } = await post('deactivate', { user_ids: ['ada'] });
    const task = await box.stream('GET', `/api/v2/tasks/${String(json['task_id'])}`);
    expect(task.json['result']).toMatchObject({ users: [{ id: 'ada' }] });
    expect(await query({})).toEqual([]);
    expect(await query({ include_deactivated_users: true })).toHaveLength(1);
    expect((await post('deactivate', { user_ids: ['ada'] })).status).toBe(400);
    expect((await post('reactivate', { user_ids: ['ada'] })).status).toBe(201);
    expect(await query({})).toHaveLength(1);
  });
});
