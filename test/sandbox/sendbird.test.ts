import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { GRACE_AT_SENDBIRD } from '../../src/sandbox/sandbox.ts';
import { type Box, accessed, openBox } from './box.ts';
import { unzip } from './unzip.ts';

let box: Box;
beforeEach(async () => {
  box = await openBox();
});
afterEach(() => box.close());

const register = (body: unknown) => box.sendbird('POST', '/v3/privacy/gdpr', body);
const view = (id: unknown) => box.sendbird('GET', `/v3/privacy/gdpr/${String(id)}`);
const getUser = (id: string) => box.sendbird('GET', `/v3/users/${id}`);

describe('register', () => {
  test('access: one user, answered as scheduled, without files', async () => {
    const { status, json } = await register({ action: 'access', user_id: 'ada' });
    expect(status).toBe(200);
    expect(json).toEqual({
      request_id: expect.stringMatching(/^[a-z0-9]{15}$/),
      action: 'access',
      status: 'scheduled',
      user_id: 'ada',
      created_at: box.clock.now(),
    });
  });

  test('without action it is a deletion, and so it is with a misspelt one', async () => {
    await register({ user_ids: ['ada'] });
    await register({ acton: 'access', user_ids: [GRACE_AT_SENDBIRD] });
    expect((await getUser('ada')).json['code']).toBe(400201);
    expect((await getUser(GRACE_AT_SENDBIRD)).json['code']).toBe(400201);
    expect(box.log.slice(0, 2).map(({ operation }) => operation)).toEqual([
      'registerGdprDelete',
      'registerGdprDelete',
    ]);
  });

  test.each([
    [{ action: 'export', user_id: 'ada' }, 400111],
    [{ action: 7 }, 400100],
    [{ action: 'access', user_ids: ['ada'] }, 400105],
    [{ action: 'access', user_id: 7 }, 400100],
    [{ action: 'access', user_id: 'x'.repeat(81) }, 400305],
    [{ action: 'access', user_id: 'nobody' }, 400201],
    [{ action: 'access', user_id: 'linus' }, 400201],
    [{ action: 'access', user_id: 'grace' }, 400201],
    [{ action: 'delete', user_id: 'ada' }, 400105],
    [{ action: 'delete', user_ids: 'ada' }, 400102],
    [{ action: 'delete', user_ids: [] }, 400111],
    [{ action: 'delete', user_ids: ['ada', 'nobody'] }, 400201],
    [{ action: 'delete', user_ids: Array.from({ length: 101 }, (_, i) => `u${i}`) }, 400203],
    [{ action: 'delete', user_ids: ['ada'], channel_delete_option: 'some' }, 400111],
    [['access'], 400103],
  ])('refuses %j with HTTP 400 and %i', async (body, code) => {
    const { status, json } = await register(body);
    expect([status, json['error'], json['code']]).toEqual([400, true, code]);
    expect((await getUser('ada')).status).toBe(200);
  });
});

describe('view', () => {
  test('goes scheduled, processing, done; files appear at the end, anew each time', async () => {
    const slow = await openBox({ taskTime: 100 });
    const registered = await slow.sendbird('POST', '/v3/privacy/gdpr', {
      action: 'access',
      user_id: 'ada',
    });
    const path = `/v3/privacy/gdpr/${String(registered.json['request_id'])}`;
    const seen: unknown[] = [];
    for (const step of [0, 50, 50]) {
      slow.clock.pass(step);
      const { json } = await slow.sendbird('GET', path);
      seen.push([json['status'], 'files' in json]);
    }
    expect(seen).toEqual([
      ['scheduled', false],
      ['processing', false],
      ['done', true],
    ]);
    const [one, two] = [await slow.sendbird('GET', path), await slow.sendbird('GET', path)];
    expect(one.json['files']).toMatchObject({ expires_at: slow.clock.now() + 7 * 86_400_000 });
    expect(one.json['files']).not.toEqual(two.json['files']);
    await slow.close();
  });

  test('files of a deletion are empty; an unknown id is 400201', async () => {
    const { json } = await register({ action: 'delete', user_ids: ['ada'] });
    expect((await view(json['request_id'])).json).toMatchObject({
      status: 'done',
      user_ids: ['ada'],
      channel_delete_option: 'do_not_delete',
      files: { url: '', expires_at: 0 },
    });
    const unknown = await view('000000000000000');
    expect([unknown.status, unknown.json['code']]).toEqual([400, 400201]);
  });
});

const listed = async (query: string) => {
  const { json } = await box.sendbird('GET', `/v3/privacy/gdpr?${query}`);
  const requests: unknown = json['requests'];
  const ids = Array.isArray(requests)
    ? requests.map((request: { user_id: string }) => request.user_id)
    : [];
  return { ids, next: String(json['next']) };
};

describe('list', () => {
  test('pages newest first, in both directions of growth', async () => {
    for (const id of ['ada', 'prolific', 'quiet', 'user-000001', 'user-000002']) {
      await register({ action: 'access', user_id: id });
    }
    const first = await listed('limit=2');
    expect(first.ids).toEqual(['user-000002', 'user-000001']);
    await register({ action: 'access', user_id: 'user-000003' });
    const second = await listed(`limit=2&token=${first.next}`);
    expect(second.ids).toEqual(['quiet', 'prolific']);
    const last = await listed(`limit=2&token=${second.next}`);
    expect(last).toEqual({ ids: ['ada'], next: '' });
  });

  test.each([
    ['limit=0', 400113],
    ['limit=101', 400113],
    ['limit=ten', 400101],
    ['token=nonsense', 400109],
  ])('refuses %s with %i', async (query, code) => {
    expect((await box.sendbird('GET', `/v3/privacy/gdpr?${query}`)).json['code']).toBe(code);
  });
});

describe('cancel', () => {
  test('works while scheduled, and the request is gone', async () => {
    const slow = await openBox({ taskTime: 100 });
    const body = { action: 'delete', user_ids: ['ada'] };
    const { json } = await slow.sendbird('POST', '/v3/privacy/gdpr', body);
    const path = `/v3/privacy/gdpr/${String(json['request_id'])}`;
    const cancelled = await slow.sendbird('DELETE', path);
    expect([cancelled.status, cancelled.text]).toEqual([200, '']);
    slow.clock.pass(200);
    expect((await slow.sendbird('GET', path)).json['code']).toBe(400201);
    expect((await slow.sendbird('GET', '/v3/users/ada')).status).toBe(200);
    await slow.close();
  });

  test.each([
    ['cancel-shown', 'canceled', true],
    ['cancel-ignored', 'scheduled', false],
  ])('%s: answered, then shown as %s', async (fault, status, stays) => {
    const slow = await openBox({ taskTime: 100, faults: [fault] });
    const body = { action: 'delete', user_ids: ['ada'] };
    const { json } = await slow.sendbird('POST', '/v3/privacy/gdpr', body);
    const path = `/v3/privacy/gdpr/${String(json['request_id'])}`;
    expect((await slow.sendbird('DELETE', path)).status).toBe(200);
    expect((await slow.sendbird('GET', path)).json['status']).toBe(status);
    slow.clock.pass(200);
    expect(slow.sandbox.control.user('sendbird', 'ada').visible).toBe(stays);
    await slow.close();
  });

  test('is refused once it is under way', async () => {
    const { json } = await register({ action: 'access', user_id: 'ada' });
    const path = `/v3/privacy/gdpr/${String(json['request_id'])}`;
    expect((await box.sendbird('DELETE', path)).json['code']).toBe(400111);
  });
});

describe('deletion', () => {
  test.each([
    ['do_not_delete', true, true],
    ['1_on_1', false, true],
    ['all', false, false],
  ])('%s: 1:1 channel kept %s, room kept %s', async (option, direct, room) => {
    const body = { user_ids: ['ada'], channel_delete_option: option };
    await register({ action: 'delete', ...body });
    const { entries } = await unzip((await box.get(await accessed(box, GRACE_AT_SENDBIRD))).bytes);
    const names = Object.keys(entries);
    expect(names.includes('channels/sendbird_group_channel_dm_ada.json')).toBe(direct);
    expect(names.includes('channels/sendbird_group_channel_room_0.json')).toBe(room);
    const kept = entries['channels/sendbird_group_channel_dm_ada.json'] ?? '"ada" is not in it';
    expect(kept.includes('"user_id": "ada"')).toBe(false);
  });

  test('the deleted user is unknown everywhere afterwards', async () => {
    await register({ action: 'delete', user_ids: ['ada'] });
    expect((await getUser('ada')).json).toEqual({
      error: true,
      code: 400201,
      message: '"User" not found.',
    });
    expect((await register({ action: 'access', user_id: 'ada' })).json['code']).toBe(400201);
    expect((await box.sendbird('GET', '/v3/users?user_ids=ada')).json['users']).toEqual([]);
  });

  test('an access that is overtaken by a deletion ends as no_data', async () => {
    const slow = await openBox({ taskTime: 100 });
    const post = (body: unknown) => slow.sendbird('POST', '/v3/privacy/gdpr', body);
    await post({ action: 'delete', user_ids: ['ada'] });
    slow.clock.pass(50);
    const { json } = await post({ action: 'access', user_id: 'ada' });
    slow.clock.pass(100);
    const shown = await slow.sendbird('GET', `/v3/privacy/gdpr/${String(json['request_id'])}`);
    expect(shown.json).toMatchObject({ status: 'no_data', files: { url: '' } });
    await slow.close();
  });
});

describe('users', () => {
  test('one user, with the secret that clients must not print', async () => {
    const { status, json } = await getUser('ada');
    expect(status).toBe(200);
    expect(json).toMatchObject({ user_id: 'ada', nickname: 'Ada L.', is_active: true });
    expect(json['access_token']).toContain('secret');
  });

  test('many users: ids with either comma, modes, pages', async () => {
    const ids = async (query: string) => {
      const { json } = await box.sendbird('GET', `/v3/users?${query}`);
      const users: unknown = json['users'];
      return Array.isArray(users) ? users.map((user: { user_id: string }) => user.user_id) : json;
    };
    box.sandbox.control.setActive('sendbird', 'quiet', false);
    const three = 'user_ids=ada,quiet,nobody';
    expect(await ids(three)).toEqual(['ada']);
    expect(await ids(three.replaceAll(',', '%2C'))).toEqual(['ada']);
    expect(await ids(`${three}&active_mode=all`)).toEqual(['ada', 'quiet']);
    expect(await ids(`${three}&active_mode=deactivated`)).toEqual(['quiet']);
    expect(await ids('')).toHaveLength(10);
    expect(await ids('limit=100')).not.toContain('linus');
    expect(await ids('active_mode=none')).toMatchObject({ code: 400111 });
    const first = await box.sendbird('GET', '/v3/users?limit=2');
    const token = String(first.json['next']);
    expect(await ids(`limit=2&token=${token}`)).toEqual(['prolific', 'user-000001']);
  });
});

test('limits: calls;w=seconds, fractions of seconds, 429 with code 500910', async () => {
  const slow = await openBox({ rate: 2 });
  const call = () => slow.sendbird('GET', '/v3/users/ada');
  const first = await call();
  expect(first.headers['x-ratelimit-limit']).toBe('2;w=1');
  expect(first.headers['x-ratelimit-remaining']).toBe('1');
  slow.clock.pass(250);
  await call();
  const refused = await call();
  expect([refused.status, refused.json['code']]).toEqual([429, 500910]);
  expect(Number(refused.headers['x-ratelimit-retryafter'])).toBe(0.75);
  expect(refused.json['message']).toContain('limit: 2;w=1, remaining: 0, retry_after: 0.75');
  expect((await slow.sendbird('GET', '/v3/users')).status).toBe(200);
  slow.clock.pass(750);
  expect((await call()).status).toBe(200);
  await slow.close();
});
