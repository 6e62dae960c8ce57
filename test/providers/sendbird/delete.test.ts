import { afterEach, describe, expect, test } from 'vitest';
import type { Outgoing, RunningCall } from '../../../src/providers/provider.ts';
import { START, type Stage, never, stage } from '../stage.ts';

const TASK = 'c0ffee12ab34cd5';
const deletion: Outgoing = {
  operation: 'delete',
  subjectIds: ['ada', 'bob'],
  options: { channel_delete_option: '1_on_1' },
};
const running: RunningCall = { ...deletion, id: 'call_1', taskId: TASK };
const many = (count: number): string[] => Array.from({ length: count }, (_, at) => `user-${at}`);

let on: Stage;
afterEach(() => on.close());

describe('what is sent', () => {
  test.each(['do_not_delete', '1_on_1', 'all'])('the action, the ids once, %s', async (option) => {
    on = await stage('sendbird', ['registered-delete-silent']);
    const call = {
      ...deletion,
      subjectIds: ['ada', 'bob', 'ada'],
      options: { channel_delete_option: option },
    };
    expect(await on.sendbird.submit(call, never)).toEqual({
      kind: 'accepted',
      taskId: TASK,
      status: 'scheduled',
    });
    expect(on.server.requests).toEqual(['POST /v3/privacy/gdpr']);
    expect(JSON.parse(on.bodies[0] ?? '')).toEqual({
      action: 'delete',
      user_ids: ['ada', 'bob'],
      channel_delete_option: option,
    });
  });

  test('a hundred go in one call', async () => {
    on = await stage('sendbird', ['registered-delete-silent']);
    await on.sendbird.submit({ ...deletion, subjectIds: many(100) }, never);
    expect(JSON.parse(on.bodies[0] ?? '').user_ids).toEqual(many(100));
  });

  test.each([
    [[], /without a subject/],
    [[''], /empty subject/],
    [['ada', ''], /empty subject/],
    [many(101), /100 subjects/],
  ])('ids %j never leave', async (subjectIds, words) => {
    on = await stage('sendbird', ['registered-delete-silent']);
    await expect(on.sendbird.submit({ ...deletion, subjectIds }, never)).rejects.toThrow(words);
    expect(on.server.requests).toEqual([]);
  });

  test.each([
    {},
    { channel_delete_option: 'everything' },
    { channel_delete_option: null },
    { channel_delete_option: 'all', action: 'access' },
    { channel_delete_option: 'all', user_ids: ['eve'] },
  ])('options %j never leave', async (options) => {
    on = await stage('sendbird', ['registered-delete-silent']);
    await expect(on.sendbird.submit({ ...deletion, options }, never)).rejects.toThrow(/options/);
    expect(on.server.requests).toEqual([]);
  });

  test('its lane is that of every registration', async () => {
    on = await stage('sendbird', ['registered-delete-two']);
    expect(on.sendbird.admit('delete')).toBeNull();
    expect(on.limiters).toEqual(['sendbird:APP:registerGdprRequest']);
  });
});

test.each([
  ['registered-delete-two', { kind: 'accepted', taskId: TASK, status: 'scheduled' }],
  ['registered-delete-silent', { kind: 'accepted', taskId: TASK }],
  ['registered-delete-odd-ids', { kind: 'accepted', taskId: TASK }],
  ['registered-only-id', { kind: 'accepted', taskId: TASK, status: null }],
  ['registered-no-id', { kind: 'lost', error: { code: 'unreadable_answer' } }],
  ['not-found', { kind: 'absent', error: { code: 'not_found', providerCode: 400201 } }],
  ['user-deactivated', { kind: 'refused', error: { providerCode: 400300 } }],
  ['bad-token', { kind: 'credentials' }],
  ['limited', { kind: 'limited' }],
  ['edge-502', { kind: 'unavailable' }],
])('%s', async (fixture, expected) => {
  on = await stage('sendbird', [fixture]);
  expect(await on.sendbird.submit(deletion, never)).toMatchObject(expected);
  expect(on.server.requests).toHaveLength(1);
});

test.each([
  ['registered', 'action'],
  ['registered-delete-fewer', 'user_ids'],
  ['registered-delete-more', 'user_ids'],
  ['registered-delete', 'user_id'],
  ['registered-delete-all', 'channel_delete_option'],
])('%s: refused for good, and the request is named', async (fixture, field) => {
  on = await stage('sendbird', [fixture]);
  expect(await on.sendbird.submit(deletion, never)).toMatchObject({
    kind: 'refused',
    error: {
      code: 'wrong_answer',
      passing: false,
      message: expect.stringContaining(`${field} of its request ${TASK} differs`),
    },
  });
});

test('one user may be named alone', async () => {
  on = await stage('sendbird', ['registered-delete', 'view-delete']);
  const one = { ...running, subjectIds: ['ada'] };
  expect(await on.sendbird.submit(one, never)).toMatchObject({ kind: 'accepted' });
  expect((await on.sendbird.check([one], never)).get('call_1')).toMatchObject({ kind: 'done' });
});

test.each([
  ['view-delete-two', { kind: 'done', status: 'done', results: null }],
  ['view-delete-silent', { kind: 'done' }],
  ['view-delete-null', { kind: 'done' }],
  ['view-delete-running', { kind: 'running', status: 'processing' }],
  ['view-delete-no-data', { kind: 'no_data' }],
  ['view-delete-others', { kind: 'failed', error: { code: 'wrong_answer', passing: false } }],
  ['view-delete-all', { kind: 'failed', error: { code: 'wrong_answer', passing: false } }],
  ['view-delete-access', { kind: 'failed', error: { message: expect.stringContaining('action') } }],
  ['view-delete', { kind: 'failed', error: { message: expect.stringContaining('user_id') } }],
  [
    'view-delete-odd-ids',
    { kind: 'unreadable', error: { message: expect.stringContaining('user_ids') } },
  ],
  ['not-found', { kind: 'forgotten', error: { code: 'task_lost' } }],
])('%s', async (fixture, expected) => {
  on = await stage('sendbird', [fixture]);
  const reports = await on.sendbird.check([running], never);
  expect([...reports.keys()]).toEqual(['call_1']);
  expect(reports.get('call_1')).toMatchObject(expected);
});

describe('search', () => {
  test.each([
    [['ada', 'bob'], 'do_not_delete', ['plain', 'silent']],
    [['ada', 'bob'], 'all', ['all']],
    [['ada', 'bob'], '1_on_1', []],
    [['ada'], 'do_not_delete', ['fewer']],
    [['ada'], '1_on_1', ['alone']],
  ])('%j with %s: the same users in any order and the same option', async (ids, option, found) => {
    on = await stage('sendbird', ['list-deletions']);
    const call = { ...deletion, subjectIds: ids, options: { channel_delete_option: option } };
    const answer = await on.sendbird.search(call, START, never);
    const tasks = answer.kind === 'listed' ? answer.tasks : null;
    expect(tasks?.map(({ taskId }) => taskId)).toEqual(found);
  });
});

describe('look', () => {
  test('the accounts that can be seen', async () => {
    on = await stage('sendbird', ['users-told']);
    const call = { ...deletion, subjectIds: ['ada', 'bob', 'ghost'] };
    expect(await on.sendbird.look(call, never)).toEqual({
      kind: 'looked',
      visible: new Set(['ada', 'bob']),
    });
  });

  test('no answer is no sight', async () => {
    on = await stage('sendbird', ['edge-502']);
    expect(await on.sendbird.look(deletion, never)).toMatchObject({ kind: 'unavailable' });
  });

  test('another operation is not to be looked at', async () => {
    on = await stage('sendbird', ['users-told']);
    const call = { ...deletion, operation: 'delete_users' } as const;
    await expect(on.sendbird.look(call, never)).rejects.toThrow('delete_users');
  });
});
