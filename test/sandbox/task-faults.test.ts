import { afterEach, describe, expect, test } from 'vitest';
import { type Box, openBox, seenAtStream } from './box.ts';

let box: Box;
afterEach(() => box.close());

const exportFeeds = async () =>
  String((await box.stream('POST', '/api/v2/feeds/users/ada/export')).json['task_id']);
const look = async (id: string) => (await box.stream('GET', `/api/v2/tasks/${id}`)).json;
const register = async (body: unknown) =>
  String((await box.sendbird('POST', '/v3/privacy/gdpr', body)).json['request_id']);
const view = async (id: string) => (await box.sendbird('GET', `/v3/privacy/gdpr/${id}`)).json;
const ACCESS = { action: 'access', user_id: 'ada' };
const DELETE = { action: 'delete', user_ids: ['ada'] };

describe('Stream', () => {
  test('task-fails, with an error object; the deletion is undone', async () => {
    box = await openBox({ faults: ['task-fails=2'] });
    const failed = await look(await exportFeeds());
    expect(failed).toMatchObject({ status: 'failed', error: { type: 'internal' } });
    await box.stream('POST', '/api/v2/users/delete', { user_ids: ['ada'] });
    expect(await seenAtStream(box, 'ada')).toBe(true);
    expect(await look(await exportFeeds())).toMatchObject({ status: 'completed' });
  });

  test('task-fails-bare: failed without an error object', async () => {
    box = await openBox({ faults: ['task-fails-bare'] });
    const failed = await look(await exportFeeds());
    expect(failed['status']).toBe('failed');
    expect(failed).not.toHaveProperty('error');
  });

  test('task-fails-then-completes', async () => {
    box = await openBox({ faults: ['task-fails-then-completes'] });
    const id = await exportFeeds();
    const seen = [await look(id), await look(id), await look(id)].map((task) => task['status']);
    expect(seen).toEqual(['failed', 'completed', 'completed']);
  });

  test('task-unknown-status', async () => {
    box = await openBox({ faults: ['task-unknown-status'] });
    const id = await exportFeeds();
    const seen = [await look(id), await look(id), await look(id)].map((task) => task['status']);
    expect(seen).toEqual(['archiving', 'archiving', 'completed']);
  });

  test('task-never-ends', async () => {
    box = await openBox({ faults: ['task-never-ends'] });
    const id = await exportFeeds();
    box.clock.pass(365 * 86_400_000);
    expect((await look(id))['status']).toBe('running');
  });

  test('task-forgotten', async () => {
    box = await openBox({ faults: ['task-forgotten'] });
    expect(await look(await exportFeeds())).toMatchObject({ code: 16, StatusCode: 404 });
  });

  test('task-no-url', async () => {
    box = await openBox({ faults: ['task-no-url'] });
    expect(await look(await exportFeeds())).toMatchObject({ status: 'completed', result: {} });
  });

  test('delete-user-fails: one of two, in a completed task', async () => {
    box = await openBox({ faults: ['delete-user-fails=id:grace'] });
    const body = { user_ids: ['ada', 'grace'] };
    const { json } = await box.stream('POST', '/api/v2/users/delete', body);
    expect(await look(String(json['task_id']))).toMatchObject({
      status: 'completed',
      result: { ada: { status: 'ok' }, grace: { status: 'error' } },
    });
    expect(await seenAtStream(box, 'ada')).toBe(false);
    expect(await seenAtStream(box, 'grace')).toBe(true);
  });

  test('user-stays-visible: reported as done', async () => {
    box = await openBox({ faults: ['user-stays-visible'] });
    const { json } = await box.stream('POST', '/api/v2/users/delete', { user_ids: ['ada'] });
    expect((await look(String(json['task_id'])))['result']).toEqual({ ada: { status: 'ok' } });
    expect(await seenAtStream(box, 'ada')).toBe(true);
  });

  test('unknown-user-accepted: a file without entries', async () => {
    box = await openBox({ faults: ['unknown-user-accepted'] });
    const { status, json } = await box.stream('POST', '/api/v2/export/users', {
      user_ids: ['nobody'],
    });
    expect(status).toBe(201);
    const task = await look(String(json['task_id']));
    const url = task['result'] && typeof task['result'] === 'object' ? task['result'] : {};
    expect(await box.get('url' in url ? String(url.url) : '')).toMatchObject({
      status: 200,
      text: '',
    });
  });
});

describe('Sendbird', () => {
  test.each(['no-data', 'task-fails'])('%s: ends as no_data, nothing was done', async (name) => {
    box = await openBox({ faults: [name] });
    expect(await view(await register(ACCESS))).toMatchObject({
      status: 'no_data',
      files: { url: '', expires_at: 0 },
    });
    await register(DELETE);
    expect(box.sandbox.control.user('sendbird', 'ada').visible).toBe(true);
  });

  test('unknown-user-no-data', async () => {
    box = await openBox({ faults: ['unknown-user-no-data'] });
    const shown = await view(await register({ action: 'access', user_id: 'nobody' }));
    expect(shown['status']).toBe('no_data');
  });

  test('task-unknown-status and task-never-ends', async () => {
    box = await openBox({
      faults: ['task-unknown-status@registerGdprAccess', 'task-never-ends@registerGdprDelete'],
    });
    const id = await register(ACCESS);
    expect([await view(id), await view(id), await view(id)].map(({ status }) => status)).toEqual([
      'archiving',
      'archiving',
      'done',
    ]);
    const endless = await register(DELETE);
    box.clock.pass(1);
    expect((await view(endless))['status']).toBe('processing');
  });

  test('task-forgotten: neither viewed nor listed', async () => {
    box = await openBox({ faults: ['task-forgotten'] });
    expect((await view(await register(ACCESS)))['code']).toBe(400201);
    expect((await box.sendbird('GET', '/v3/privacy/gdpr')).json['requests']).toEqual([]);
  });

  test('user-stays-visible', async () => {
    box = await openBox({ faults: ['user-stays-visible'] });
    expect((await view(await register(DELETE)))['status']).toBe('done');
    expect((await box.sendbird('GET', '/v3/users/ada')).status).toBe(200);
  });

  test('link-not-renewed: the same expired link; a new request has a good one', async () => {
    box = await openBox({ faults: ['link-not-renewed=1'] });
    const id = await register(ACCESS);
    const [one, two] = [(await view(id))['files'], (await view(id))['files']];
    expect(one).toEqual(two);
    const url = one && typeof one === 'object' && 'url' in one ? String(one.url) : '';
    expect((await box.get(url)).status).toBe(403);
    const fresh = (await view(await register(ACCESS)))['files'];
    const good = fresh && typeof fresh === 'object' && 'url' in fresh ? String(fresh.url) : '';
    expect((await box.get(good)).status).toBe(200);
  });
});
