import { afterEach, expect, test } from 'vitest';
import type { Presence } from '../../../src/requests/transitions/answers.ts';
import { ABSENT, SEEN, type Stage, never, stage } from '../stage.ts';

let on: Stage;
afterEach(() => on.close());

function payloads(): unknown[] {
  return on.server.requests.map((request) => {
    const url = new URL(request.replace('GET ', ''), 'http://x');
    return JSON.parse(url.searchParams.get('payload') ?? 'null');
  });
}

test('deactivated users too, with a limit, by id', async () => {
  on = await stage('stream', ['users']);
  const found = await on.stream.lookup(['ada', 'linus', 'Ada', 'ghost'], never);
  expect(found).toEqual({
    kind: 'found',
    presence: new Map<string, Presence>([
      ['ada', { ...SEEN, name: 'Ada', createdAt: 1_795_348_800_123 }],
      ['linus', { ...SEEN, deactivated: true }],
      ['Ada', ABSENT],
      ['ghost', ABSENT],
    ]),
  });
  expect(payloads()).toEqual([
    {
      filter_conditions: { id: { $in: ['ada', 'linus', 'Ada', 'ghost'] } },
      limit: 100,
      include_deactivated_users: true,
    },
  ]);
});

test('a hundred a call, each id once, long ones fewer', async () => {
  on = await stage('stream', ['users-none']);
  const ids = Array.from({ length: 201 }, (_, index) => `user-${index}`);
  const found = await on.stream.lookup([...ids, ...ids], never);
  expect(found.kind === 'found' && found.presence.size).toBe(201);
  expect(on.server.requests).toHaveLength(3);
  await on.close();
  on = await stage('stream', ['users-none']);
  await on.stream.lookup(
    Array.from({ length: 100 }, (_, index) => `${'ä'.repeat(200)}${index}`),
    never,
  );
  expect(Math.max(...on.server.requests.map((request) => request.length))).toBeLessThan(6_000);
});

test('nobody to look up: nobody is asked', async () => {
  on = await stage('stream', ['users']);
  expect(await on.stream.lookup([], never)).toEqual({ kind: 'found', presence: new Map() });
  expect(on.server.requests).toEqual([]);
});

test.each([
  ['users-odd', { kind: 'unavailable', error: { message: expect.stringContaining('users.1.id') } }],
  ['task-cut', { kind: 'unavailable', error: { code: 'unreadable_answer' } }],
  ['input', { kind: 'unavailable', error: { providerCode: 4, passing: false } }],
  ['bad-key', { kind: 'credentials' }],
  ['edge-503', { kind: 'unavailable' }],
])('%s is no answer about anybody', async (fixture, expected) => {
  on = await stage('stream', [fixture]);
  expect(await on.stream.lookup(['ada'], never)).toMatchObject(expected);
});

test('what tells whom it is about: instants in ms, names that are fit to be shown', async () => {
  on = await stage('stream', ['users-told']);
  const found = await on.stream.lookup(['ada', 'bob', 'eve'], never);
  if (found.kind !== 'found') throw new Error(found.kind);
  expect(found.presence.get('ada')).toEqual({
    visible: true,
    name: 'Ada L.',
    createdAt: 1_795_262_400_123,
    lastSeenAt: 1_795_348_740_500,
    deactivated: true,
  });
  expect(found.presence.get('bob')).toEqual({ ...SEEN, name: `Bob ${'x'.repeat(95)}…` });
  expect(found.presence.get('eve')).toEqual(SEEN);
});
