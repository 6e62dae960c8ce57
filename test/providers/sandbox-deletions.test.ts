import { afterEach, describe, expect, test } from 'vitest';
import type { Outgoing, RunningCall } from '../../src/providers/provider.ts';
import type { Operation } from '../../src/requests/request.ts';
import { type Ground, ground } from './ground.ts';
import { never } from './stage.ts';

let on: Ground;
afterEach(() => on.close());

const DELETIONS = ['delete_feeds', 'delete_users', 'delete'] as const;
type Deletion = (typeof DELETIONS)[number];

const OPTIONS: Readonly<Record<Deletion, Outgoing['options']>> = {
  delete_feeds: { hard_delete: true },
  delete_users: { user: 'hard', messages: 'hard', conversations: 'hard', files: true },
  delete: { channel_delete_option: '1_on_1' },
};
const SOFT = { user: 'soft', messages: 'soft' };
const VIEW = { delete_feeds: 'getTask', delete_users: 'getTask', delete: 'viewGdprRequest' };

const outgoing = (
  operation: Deletion,
  subjectIds: readonly string[] = ['ada'],
  options = OPTIONS[operation],
): Outgoing => ({ operation, subjectIds, options });

const restore = (...subjectIds: readonly string[]): Outgoing => ({
  operation: 'restore_users',
  subjectIds,
  options: {},
});

const submit = (call: Outgoing) => on.of(call.operation).submit(call, never);
const look = (call: Outgoing) => on.of(call.operation).look(call, never);
const visible = (...ids: readonly string[]) => ({ kind: 'looked', visible: new Set(ids) });

async function started(call: Outgoing): Promise<RunningCall> {
  const answer = await submit(call);
  if (answer.kind !== 'accepted') throw new Error(JSON.stringify(answer));
  return { ...call, id: 'call_1', taskId: answer.taskId };
}

async function checked(call: Outgoing) {
  return (await on.of(call.operation).check([await started(call)], never)).get('call_1');
}

const logged = (operation: string): number =>
  on.log.filter((entry) => entry.operation === operation).length;
const calls = (method: string): number => on.log.filter((entry) => entry.method === method).length;

describe.each(DELETIONS)('%s', (operation) => {
  test('goes through: seen, accepted, done, not seen', async () => {
    on = await ground();
    const call = outgoing(operation);
    expect(await look(call)).toEqual(visible('ada'));
    expect(await checked(call)).toMatchObject({ kind: 'done' });
    expect(await look(call)).toEqual(visible());
  });

  test.each([
    ['http-500', 'unavailable'],
    ['http-503', 'unavailable'],
    ['http-429', 'limited'],
    ['edge-text', 'unavailable'],
    ['reset', 'lost'],
    ['answer-lost', 'lost'],
    ['bad-json', 'lost'],
    ['wrong-shape', 'lost'],
    ['unauthorized', 'credentials'],
    ['unauthorized-401', 'credentials'],
    ['slow', 'accepted'],
  ])('submitted under %s: %s, in one call', async (fault, kind) => {
    on = await ground(fault);
    expect(await submit(outgoing(operation))).toMatchObject({ kind });
    expect(calls('POST')).toBe(1);
  });

  test('a user that is not there', async () => {
    on = await ground();
    expect(await submit(outgoing(operation, ['nobody-at-all']))).toMatchObject({
      kind: 'absent',
      error: { code: 'not_found' },
    });
  });

  test.each(['http-500', 'edge-text', 'reset', 'answer-lost'])(
    'checked under %s, once: it heals',
    async (fault) => {
      on = await ground(`${fault}@${VIEW[operation]}=1`);
      expect(await checked(outgoing(operation))).toMatchObject({ kind: 'done' });
    },
  );

  test.each([
    ['http-503', 'unavailable'],
    ['http-429', 'limited'],
    ['unauthorized', 'credentials'],
    ['bad-json', 'unreadable'],
    ['wrong-shape', 'unreadable'],
  ])('checked under %s, always: %s', async (fault, kind) => {
    on = await ground(`${fault}@${VIEW[operation]}`);
    expect(await checked(outgoing(operation))).toMatchObject({ kind });
  });

  test.each([
    ['task-never-ends', 'running'],
    ['task-unknown-status', 'running'],
    ['task-forgotten', 'forgotten'],
    ['task-fails', operation === 'delete' ? 'no_data' : 'failed'],
  ])('%s: %s', async (fault, kind) => {
    on = await ground(fault);
    expect(await checked(outgoing(operation))).toMatchObject({ kind });
  });

  test('reported done, and nothing was: still to be seen', async () => {
    on = await ground('user-stays-visible');
    const call = outgoing(operation);
    expect(await checked(call)).toMatchObject({ kind: 'done' });
    expect(await look(call)).toEqual(visible('ada'));
  });
});

describe('several in one call', () => {
  const three = ['ada', 'user-000001', 'user-000002'];

  test.each(['delete_users', 'delete'] as const)(
    '%s: three, and a bystander',
    async (operation) => {
      on = await ground();
      const call = outgoing(operation, three);
      const report = await checked(call);
      expect(report).toMatchObject({ kind: 'done' });
      const all = outgoing(operation, [...three, 'prolific']);
      expect(await look(all)).toEqual(visible('prolific'));
      expect(calls('POST')).toBe(1);
    },
  );

  test.each(['delete_users', 'delete'] as const)(
    '%s: one of them unknown, and nobody is deleted',
    async (operation) => {
      on = await ground();
      const call = outgoing(operation, [...three, 'nobody-at-all']);
      expect(await submit(call)).toMatchObject({ kind: 'absent', error: { code: 'not_found' } });
      expect(await look(call)).toEqual(visible(...three));
    },
  );

  test.each([
    ['delete_users', 'refused'],
    ['delete', 'absent'],
  ] as const)('%s refused for one id: %s', async (operation, kind) => {
    on = await ground('batch-refused');
    expect(await submit(outgoing(operation, three))).toMatchObject({ kind });
    expect(calls('POST')).toBe(1);
  });

  test('Stream tells for each how it ended', async () => {
    on = await ground('delete-user-fails=1');
    const report = await checked(outgoing('delete_users', three));
    const results = report?.kind === 'done' ? [...(report.results ?? [])] : [];
    expect(results.map(([id]) => id)).toEqual(three);
    const failed = results.filter(([, { kind }]) => kind === 'failed');
    expect(failed).toMatchObject([
      [
        expect.any(String),
        {
          error: {
            code: 'user_not_deleted',
            message: expect.stringContaining('user could not be deleted'),
          },
        },
      ],
    ]);
  });

  test.each(['delete_feeds', 'delete'] as const)('%s does not', async (operation) => {
    on = await ground();
    expect(await checked(outgoing(operation))).toMatchObject({ kind: 'done', results: null });
  });
});

describe('restore', () => {
  const deleted = outgoing('delete_users', ['ada'], SOFT);

  test('brings back who was deleted softly', async () => {
    on = await ground();
    await checked(deleted);
    expect(await look(restore('ada'))).toEqual(visible());
    expect(await submit(restore('ada'))).toEqual({ kind: 'done' });
    expect(await look(restore('ada'))).toEqual(visible('ada'));
  });

  test('who is not deleted is refused, and the others with him', async () => {
    on = await ground();
    await checked(deleted);
    expect(await submit(restore('ada', 'prolific'))).toMatchObject({
      kind: 'refused',
      error: { passing: false, message: expect.stringContaining('is not deleted') },
    });
    expect(await look(restore('ada'))).toEqual(visible());
  });

  test.each([
    ['http-500', 'unavailable'],
    ['http-429', 'limited'],
    ['edge-text', 'unavailable'],
    ['reset', 'lost'],
    ['answer-lost', 'lost'],
    ['unauthorized', 'credentials'],
    ['bad-json', 'done'],
    ['wrong-shape', 'done'],
  ])('under %s: %s, in one call', async (fault, kind) => {
    on = await ground();
    await checked(deleted);
    on.sandbox.control.setFaults([`${fault}@restoreUsers`]);
    expect(await submit(restore('ada'))).toMatchObject({ kind });
    expect(logged('restoreUsers')).toBeLessThanOrEqual(1);
  });
});

describe('looking for feed data', () => {
  const hard = outgoing('delete_feeds', ['ada', 'quiet', 'prolific', 'nobody-at-all']);
  const soft = { ...hard, options: { hard_delete: false } };

  test('finds those who have some', async () => {
    on = await ground();
    expect(await look(hard)).toEqual(visible('ada', 'prolific'));
  });

  test('what is hidden is gone softly, and not for good', async () => {
    on = await ground();
    await checked(outgoing('delete_feeds', ['ada'], soft.options));
    expect(await look({ ...soft, subjectIds: ['ada'] })).toEqual(visible());
    expect(await look({ ...hard, subjectIds: ['ada'] })).toEqual(visible('ada'));
    await checked(outgoing('delete_feeds'));
    expect(await look({ ...hard, subjectIds: ['ada'] })).toEqual(visible());
  });

  test('also once the account is gone', async () => {
    on = await ground();
    await checked(outgoing('delete_users'));
    expect(await look({ ...hard, subjectIds: ['ada'] })).toEqual(visible('ada'));
  });

  const QUERIES = [
    'queryActivities',
    'queryFeeds',
    'queryComments',
    'queryBookmarks',
    'queryBookmarkFolders',
    'queryCollections',
  ];
  const quiet = { ...hard, subjectIds: ['quiet'] };

  test.each(QUERIES)('%s that fails once is asked again', async (query) => {
    on = await ground(`http-500@${query}=1`, `reset@${query}=1`, `answer-lost@${query}=1`);
    expect(await look(quiet)).toEqual(visible());
    expect(calls('POST')).toBeGreaterThan(QUERIES.length);
  });

  test.each(
    QUERIES.flatMap((query) =>
      [
        ['http-503', 'unavailable'],
        ['http-429', 'limited'],
        ['edge-text', 'unavailable'],
        ['unauthorized', 'credentials'],
        ['bad-json', 'unavailable'],
        ['wrong-shape', 'unavailable'],
      ].map(([fault, kind]) => [query, fault, kind]),
    ),
  )('%s under %s: %s', async (query, fault, kind) => {
    on = await ground(`${fault}@${query}`);
    expect(await look(quiet)).toMatchObject({ kind });
  });
});

describe('limits', () => {
  const asked: readonly Operation[] = ['delete_feeds', 'delete_users', 'restore_users'];

  test('one call for feeds, one for the rest', async () => {
    on = await ground();
    const limits = await on.of('delete_users').limits(asked, never);
    expect([...limits.keys()].toSorted()).toEqual(asked.toSorted());
    expect(limits.get('delete_users')).toMatchObject({ window: 60_000, limit: expect.any(Number) });
    expect(on.log.map(({ operation }) => operation).toSorted()).toEqual([
      'getFeedsRateLimits',
      'getRateLimits',
    ]);
  });

  test.each(['http-503', 'unauthorized', 'bad-json', 'wrong-shape'])(
    'under %s: what can be learnt',
    async (fault) => {
      on = await ground(`${fault}@getRateLimits`);
      const limits = await on.of('delete_users').limits(asked, never);
      expect([...limits.keys()]).toEqual(['delete_feeds']);
    },
  );
});

describe('search for a deletion', () => {
  test('finds what an answer that was lost had started', async () => {
    on = await ground('answer-lost@registerGdprDelete=1');
    const call = outgoing('delete', ['ada', 'user-000001']);
    expect(await submit(call)).toMatchObject({ kind: 'lost' });
    const turned = { ...call, subjectIds: ['user-000001', 'ada'] };
    expect(await on.of('delete').search(turned, 0, never)).toMatchObject({
      kind: 'listed',
      tasks: [{ taskId: expect.any(String) }],
    });
    const other = { ...call, options: { channel_delete_option: 'all' } };
    expect(await on.of('delete').search(other, 0, never)).toEqual({ kind: 'listed', tasks: [] });
  });
});
