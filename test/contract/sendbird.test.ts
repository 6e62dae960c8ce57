import sdk from 'sendbird-platform-sdk';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Box, TOKEN, openBox } from '../sandbox/box.ts';
import { unzip } from '../sandbox/unzip.ts';

// Sendbird's own client judges the sandbox, as far as it is right itself: see the last test.
let box: Box;
let privacy: InstanceType<typeof sdk.PrivacyApi>;
let users: InstanceType<typeof sdk.UserApi>;
beforeEach(async () => {
  box = await openBox({ taskTime: 100 });
  const client = new sdk.ApiClient(box.sandbox.origin);
  privacy = new sdk.PrivacyApi(client);
  users = new sdk.UserApi(client);
});
afterEach(() => box.close());

function register(data: InstanceType<typeof sdk.RegisterGdprRequestData>) {
  return privacy.registerGdprRequest(TOKEN, { registerGdprRequestData: data });
}

function access(id: string) {
  return register(new sdk.RegisterGdprRequestData('access', undefined, undefined, id));
}

function erase(ids: string[], channels?: string) {
  return register(new sdk.RegisterGdprRequestData('delete', ids, channels, undefined));
}

describe('access', () => {
  test('register, view until done, download', async () => {
    const registered = await access('ada');
    expect(registered).toMatchObject({ action: 'access', status: 'scheduled', user_id: 'ada' });
    expect(registered.created_at).toBe(box.clock.now());
    const look = () => privacy.viewGdprRequestById(TOKEN, registered.request_id);
    box.clock.pass(50);
    expect((await look()).status).toBe('processing');
    box.clock.pass(50);
    const done = await look();
    expect(done.status).toBe('done');
    expect(done.files?.expires_at).toBe(box.clock.now() + 7 * 86_400_000);
    const zip = await unzip((await box.get(String(done.files?.url))).bytes);
    expect(JSON.parse(zip.entries['ada.json'] ?? '')).toMatchObject({ user_id: 'ada' });
    expect(zip.damaged).toEqual([]);
  });

  test('an unknown user is HTTP 400 with 400201', async () => {
    await expect(access('nobody')).rejects.toMatchObject({
      status: 400,
      response: { body: { error: true, code: 400201 } },
    });
  });
});

test('delete: done with empty files, the users are gone', async () => {
  const registered = await erase(['ada', 'quiet'], '1_on_1');
  expect(registered).toMatchObject({
    user_ids: ['ada', 'quiet'],
    channel_delete_option: '1_on_1',
  });
  expect((await users.viewUserById(TOKEN, 'ada')).nickname).toBe('Ada L.');
  box.clock.pass(100);
  const done = await privacy.viewGdprRequestById(TOKEN, registered.request_id);
  expect(done.status).toBe('done');
  expect(done.files).toEqual({ url: '', expires_at: 0 });
  await expect(users.viewUserById(TOKEN, 'ada')).rejects.toMatchObject({
    status: 400,
    response: { body: { code: 400201 } },
  });
});

test('list: pages, newest first', async () => {
  const ids = ['ada', 'quiet', 'prolific'];
  for (const id of ids) await access(id);
  const first = await privacy.listGdprRequests(TOKEN, { limit: 2 });
  expect(first.requests.map((request) => request.user_id)).toEqual(['prolific', 'quiet']);
  const second = await privacy.listGdprRequests(TOKEN, { limit: 2, token: first.next });
  expect(second.requests.map((request) => request.user_id)).toEqual(['ada']);
  expect(second.next).toBe('');
});

test('cancel: nothing is deleted', async () => {
  const { request_id: id } = await erase(['ada']);
  await privacy.cancelTheRegistrationOfGdprRequestById(TOKEN, id);
  box.clock.pass(1000);
  await expect(privacy.viewGdprRequestById(TOKEN, id)).rejects.toMatchObject({ status: 400 });
  expect((await users.viewUserById(TOKEN, 'ada')).user_id).toBe('ada');
});

test('users: this SDK encodes the commas between ids as well', async () => {
  box.sandbox.control.setActive('sendbird', 'quiet', false);
  const options = { userIds: 'ada,quiet,nobody', limit: 100 };
  const active = await users.listUsers(TOKEN, options);
  expect(active.users.map((user) => user.user_id)).toEqual(['ada']);
  const all = await users.listUsers(TOKEN, { ...options, activeMode: 'all' });
  expect(all.users.map((user) => user.user_id)).toEqual(['ada', 'quiet']);
});

test('a wrong token is 400401', async () => {
  await expect(users.viewUserById('wrong', 'ada')).rejects.toMatchObject({
    response: { body: { code: 400401 } },
  });
});

test('the SDK is wrong about user_ids: its model makes numbers of them', async () => {
  const data = sdk.RegisterGdprRequestData.constructFromObject({
    action: 'delete',
    user_ids: ['ada'],
  });
  await expect(register(data)).rejects.toMatchObject({ response: { body: { code: 400100 } } });
  expect((await users.viewUserById(TOKEN, 'ada')).user_id).toBe('ada');
});
