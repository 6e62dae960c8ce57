import { afterEach, describe, expect, test } from 'vitest';
import type { Outgoing } from '../../../src/providers/provider.ts';
import { type Stage, never, stage } from '../stage.ts';

const TASK = '5e9f2f0e-0c0d-4c53-9f3a-6c2a3a1d7b11';
const HARD = { user: 'hard', messages: 'hard', conversations: 'hard', calls: 'hard', files: true };

const feeds = (id = 'ada', options: Outgoing['options'] = { hard_delete: true }): Outgoing => ({
  operation: 'delete_feeds',
  subjectIds: [id],
  options,
});
const users = (
  subjectIds: readonly string[] = ['ada', 'bob'],
  options: Outgoing['options'] = HARD,
): Outgoing => ({ operation: 'delete_users', subjectIds, options });
const restore = (subjectIds: readonly string[] = ['ada', 'bob']): Outgoing => ({
  operation: 'restore_users',
  subjectIds,
  options: {},
});
const many = (count: number): string[] => Array.from({ length: count }, (_, at) => `user-${at}`);

let on: Stage;
afterEach(() => on.close());

/** What a call that must not leave ends with. */
async function refusal(call: Outgoing): Promise<{ thrown: unknown; sent: readonly string[] }> {
  on = await stage('stream', ['started']);
  const thrown = await on.stream.submit(call, never).catch((fault: unknown) => fault);
  return { thrown, sent: on.server.requests };
}

const refused = (words: RegExp) => ({
  thrown: { fault: 'internal', message: expect.stringMatching(words) },
  sent: [],
});

describe('what is sent', () => {
  test.each([true, false])('delete feeds: the id as one segment, hard %s said', async (hard) => {
    on = await stage('stream', ['started']);
    expect(await on.stream.submit(feeds('a/b c', { hard_delete: hard }), never)).toEqual({
      kind: 'accepted',
      taskId: TASK,
      status: null,
    });
    expect(on.server.requests).toEqual(['POST /api/v2/feeds/users/a%2Fb%20c/delete?api_key=k3y']);
    expect(on.bodies).toEqual([JSON.stringify({ hard_delete: hard })]);
  });

  test('delete users: the ids once each, and the options as they were planned', async () => {
    on = await stage('stream', ['started']);
    const options = { ...HARD, new_channel_owner_id: 'boss', new_call_owner_id: 'boss' };
    const call = users(['ada', 'bob', 'ada'], options);
    expect(await on.stream.submit(call, never)).toMatchObject({ kind: 'accepted', taskId: TASK });
    expect(on.server.requests).toEqual(['POST /api/v2/users/delete?api_key=k3y']);
    expect(JSON.parse(on.bodies[0] ?? '')).toEqual({ user_ids: ['ada', 'bob'], ...options });
  });

  test.each([
    [{ user: 'soft' }],
    [{ user: 'soft', messages: 'hard', calls: 'soft' }],
    [{ user: 'pruning', messages: 'pruning', files: false }],
  ])('delete users %j: what is not said is not sent', async (options) => {
    on = await stage('stream', ['started']);
    await on.stream.submit(users(['ada'], options), never);
    expect(JSON.parse(on.bodies[0] ?? '')).toEqual({ user_ids: ['ada'], ...options });
  });

  test('restore: a hundred ids, and done with the answer', async () => {
    on = await stage('stream', ['restored']);
    expect(await on.stream.submit(restore(many(100)), never)).toEqual({ kind: 'done' });
    expect(on.server.requests).toEqual(['POST /api/v2/users/restore?api_key=k3y']);
    expect(JSON.parse(on.bodies[0] ?? '')).toEqual({ user_ids: many(100) });
  });

  test.each([
    ['delete_feeds', 'DeleteFeedUserData'],
    ['delete_users', 'DeleteUsers'],
    ['restore_users', 'RestoreUsers'],
  ] as const)('%s has a lane of its own', async (operation, id) => {
    on = await stage('stream', ['started']);
    on.stream.admit(operation);
    expect(on.limiters).toEqual([`stream:k3y:${id}`]);
  });
});

describe('what never leaves', () => {
  test.each([
    [[], /without a subject/],
    [[''], /empty subject/],
    [['ada', ''], /empty subject/],
    [['ada', ' '], /empty subject/],
    [many(101), /100 subjects/],
  ])('users %j', async (ids, words) => {
    expect(await refusal(users(ids))).toMatchObject(refused(words));
    await on.close();
    expect(await refusal(restore(ids))).toMatchObject(refused(words));
  });

  test.each([[[]], [['']], [['ada', 'bob']], [['..']]])('feed data of %j', async (subjectIds) => {
    expect(await refusal({ ...feeds(), subjectIds })).toMatchObject(refused(/subject|path/));
  });

  test.each([
    {},
    { user: 'hard' },
    { user: 'hard', messages: 'hard' },
    { user: 'hard', messages: 'hard', conversations: 'soft' },
    { user: 'hard', messages: 'soft', conversations: 'hard' },
    { user: 'all' },
    { user: null },
    { user: 'soft', conversations: 'pruning' },
    { user: 'soft', files: 'true' },
    { user: 'soft', new_channel_owner_id: '' },
    { user: 'soft', user_ids: ['bob'] },
    { user: 'soft', hard_delete: true },
  ])('delete users with %j', async (options) => {
    expect(await refusal(users(['ada'], options))).toMatchObject(refused(/other options/));
  });

  test.each([{}, { hard_delete: 'true' }, { hard_delete: true, user: 'hard' }])(
    'delete feeds with %j',
    async (options) => {
      expect(await refusal(feeds('ada', options))).toMatchObject(refused(/other options/));
    },
  );
});

test.each([
  ['started-no-task', { kind: 'lost', error: { code: 'unreadable_answer' } }],
  ['started-not-json', { kind: 'lost' }],
  ['some-users-unknown-404', { kind: 'absent', error: { code: 'not_found', providerCode: 16 } }],
  ['some-users-unknown-400', { kind: 'absent', error: { code: 'not_found', providerCode: 4 } }],
  ['input', { kind: 'refused', error: { code: 'refused', passing: false } }],
  ['bad-key', { kind: 'credentials' }],
  ['rate-limited', { kind: 'limited' }],
  ['internal', { kind: 'unavailable' }],
  ['edge-503', { kind: 'unavailable' }],
])('delete users, %s: one call', async (fixture, expected) => {
  on = await stage('stream', [fixture]);
  expect(await on.stream.submit(users(), never)).toMatchObject(expected);
  expect(on.server.requests).toHaveLength(1);
});

test('an id that is a part of another does not make words of it', async () => {
  on = await stage('stream', ['user-id-is-a-word']);
  const ids = ['unk', 'nown', 'unknown'];
  expect(await on.stream.submit(users(ids), never)).toMatchObject({ kind: 'refused' });
});

test.each([
  ['restored', { kind: 'done' }],
  ['started-empty', { kind: 'done' }],
  ['started-not-json', { kind: 'done' }],
  ['restore-not-deleted', { kind: 'refused', error: { providerCode: 4, passing: false } }],
  ['user-not-found-404', { kind: 'absent' }],
  ['bad-signature', { kind: 'credentials' }],
  ['edge-503', { kind: 'unavailable' }],
])('restore, %s', async (fixture, expected) => {
  on = await stage('stream', [fixture]);
  expect(await on.stream.submit(restore(), never)).toMatchObject(expected);
  expect(on.server.requests).toHaveLength(1);
});

describe('the result of a task', () => {
  const ids = ['ada', 'bob', '__proto__', 'eve', 'fay', 'gus', 'hal', 'ivy', 'toString'];
  const check = async (fixture: string, operation: Outgoing['operation'] = 'delete_users') => {
    on = await stage('stream', [fixture]);
    const call = { id: 'call_1', operation, taskId: TASK, subjectIds: ids, options: {} };
    const report = (await on.stream.check([call], never)).get('call_1');
    if (report?.kind !== 'done') throw new Error(JSON.stringify(report));
    return report.results;
  };

  test('is read for each user of the call, and only for those it names', async () => {
    const results = await check('task-users-deleted');
    const failed = { kind: 'failed', error: { code: 'user_not_deleted', passing: true } };
    expect([...(results ?? [])]).toMatchObject([
      ['ada', { kind: 'ok' }],
      ['bob', failed],
      ['__proto__', { kind: 'ok' }],
      ['eve', failed],
      ['fay', failed],
      ['gus', failed],
      ['hal', failed],
    ]);
  });

  test('says why in words that are fit to be shown', async () => {
    const results = await check('task-users-deleted');
    const why = (id: string): string => {
      const result = results?.get(id);
      return result?.kind === 'failed' ? result.error.message : '';
    };
    expect(why('bob')).toContain('error: user could not be deleted [link] Locked');
    expect(why('gus')).toContain('failed: busy');
    expect(why('hal')).toContain('without a word about why');
    expect(why('fay')).toContain('without a word about why');
  });

  test.each(['task-users-deleted-list', 'task-users-deleted-words', 'task-users-deleted-null'])(
    '%s: no users told apart',
    async (fixture) => expect(await check(fixture)).toBeNull(),
  );

  test('an empty one names nobody', async () => {
    expect(await check('task-users-deleted-none')).toEqual(new Map());
  });

  test.each(['delete_feeds', 'export_users', 'export_feeds'] as const)(
    '%s has none by user',
    async (operation) => expect(await check('task-users-deleted', operation)).toBeNull(),
  );
});
