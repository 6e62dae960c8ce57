import { decodeProtectedHeader, jwtVerify } from 'jose';
import { afterEach, describe, expect, test } from 'vitest';
import type { Outgoing } from '../../../src/providers/provider.ts';
import { API_SECRET, START, type Stage, never, noSource, source, stage } from '../stage.ts';

const TASK = '5e9f2f0e-0c0d-4c53-9f3a-6c2a3a1d7b11';
const users = (id = 'ada'): Outgoing => ({
  operation: 'export_users',
  subjectIds: [id],
  options: {},
});
const feeds = (id = 'ada'): Outgoing => ({
  operation: 'export_feeds',
  subjectIds: [id],
  options: {},
});

let on: Stage;
afterEach(() => on.close());

describe('what is sent', () => {
  test('export users: one subject, the headers, the key', async () => {
    on = await stage('stream', ['started']);
    expect(await on.stream.submit(users(), never)).toEqual({
      kind: 'accepted',
      taskId: TASK,
      status: null,
    });
    expect(on.server.requests).toEqual(['POST /api/v2/export/users?api_key=k3y']);
    expect(on.bodies).toEqual(['{"user_ids":["ada"]}']);
    expect(on.server.headers[0]).toMatchObject({
      'stream-auth-type': 'jwt',
      'content-type': 'application/json',
      'x-stream-client': 'gdpr-test',
      'x-client-request-id': expect.stringMatching(/^[\da-f-]{36}$/),
    });
  });

  test('a server token, not from the future, and not for long', async () => {
    on = await stage('stream', ['started']);
    await on.stream.submit(users(), never);
    const token = on.server.headers[0]?.authorization ?? '';
    const { payload } = await jwtVerify(token, new TextEncoder().encode(API_SECRET), {
      algorithms: ['HS256'],
      currentDate: new Date(START),
    });
    expect(payload).toEqual({ server: true, iat: START / 1_000 - 5, exp: START / 1_000 + 300 });
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'HS256', typ: 'JWT' });
  });

  test('export feeds: the id as one segment, no body', async () => {
    on = await stage('stream', ['started']);
    await on.stream.submit(feeds('a/b c?d'), never);
    expect(on.server.requests).toEqual([
      'POST /api/v2/feeds/users/a%2Fb%20c%3Fd/export?api_key=k3y',
    ]);
    expect(on.bodies).toEqual(['']);
  });

  test.each(['.', '..', ''])('an id %j never leaves', async (id) => {
    on = await stage('stream', ['started']);
    await expect(on.stream.submit(feeds(id), never)).rejects.toThrow(/in a path|empty subject/);
    expect(on.server.requests).toEqual([]);
  });

  test.each([[[]], [['ada', 'bob']]])('subjects %j are not one', async (subjectIds) => {
    on = await stage('stream', ['started']);
    await expect(on.stream.submit({ ...users(), subjectIds }, never)).rejects.toThrow(
      /one subject/,
    );
    expect(on.server.requests).toEqual([]);
  });

  test.each(['access', 'delete'] as const)('%s is not for Stream', async (operation) => {
    on = await stage('stream', ['started']);
    await expect(on.stream.submit({ ...users(), operation }, never)).rejects.toThrow(operation);
    expect(on.server.requests).toEqual([]);
  });

  test('its lane is asked first and told what the headers say', async () => {
    on = await stage('stream', ['started']);
    expect(on.stream.admit('export_users')).toBeNull();
    await on.stream.submit(users(), never);
    expect(on.limiters).toEqual(['stream:k3y:ExportUsers']);
    expect(on.learnt.get('stream:k3y:ExportUsers')).toEqual({
      limit: 60,
      remaining: 57,
      window: 60_000,
      resetAt: START + 60_000,
      perSecond: 2,
    });
  });
});

test('a refusal is told to its lane, with what it says', async () => {
  on = await stage('stream', ['rate-limited', 'started']);
  await on.stream.submit(users(), never);
  const limit = { limit: 60, remaining: 0, window: 60_000, perSecond: 2 };
  expect(on.refused).toEqual([
    ['stream:k3y:ExportUsers', { ...limit, resetAt: START + 30_000 }, START + 30_000],
  ]);
  expect(on.stream.limitOf('export_users')).toBeNull();
  await on.stream.submit(users(), never);
  expect(on.stream.limitOf('export_users')).toMatchObject({ limit: 60, remaining: 57 });
  expect(on.stream.turnAt('export_users')).toBeNull();
  expect(on.stream.calls).toBe(2);
});

test.each([
  ['started-200', { kind: 'accepted', taskId: TASK }],
  ['started-no-task', { kind: 'lost', error: { code: 'unreadable_answer' } }],
  ['started-task-number', { kind: 'lost', error: { code: 'unreadable_answer' } }],
  ['started-task-dots', { kind: 'lost', error: { code: 'unreadable_answer' } }],
  ['started-task-escape', { kind: 'lost', error: { code: 'unreadable_answer' } }],
  ['started-not-json', { kind: 'lost', error: { code: 'unreadable_answer' } }],
  ['started-empty', { kind: 'lost', error: { code: 'unreadable_answer' } }],
  ['input', { kind: 'refused', error: { code: 'refused', providerCode: 4, passing: false } }],
  ['too-big', { kind: 'refused', error: { code: 'refused', httpStatus: 413 } }],
  ['user-not-found-404', { kind: 'absent', error: { code: 'not_found', providerCode: 16 } }],
  ['user-not-found-400', { kind: 'absent', error: { code: 'not_found', providerCode: 4 } }],
  ['bad-key', { kind: 'credentials', error: { providerCode: 2, httpStatus: 401 } }],
  ['bad-signature', { kind: 'credentials', error: { providerCode: 43 } }],
  ['token-not-yet', { kind: 'credentials', error: { message: expect.stringContaining('clock') } }],
  ['suspended', { kind: 'credentials', error: { httpStatus: 403 } }],
  ['edge-403', { kind: 'credentials', error: { providerCode: null } }],
  ['rate-limited', { kind: 'limited', retryAt: START + 30_000 }],
  ['rate-limited-list', { kind: 'limited', retryAt: START + 30_000 }],
  ['rate-limited-retry-after', { kind: 'limited', retryAt: START + 7_000 }],
  ['rate-limited-for-good', { kind: 'refused', error: { providerCode: 9, passing: false } }],
  ['edge-429', { kind: 'limited', retryAt: null, error: { providerCode: null } }],
  ['edge-503', { kind: 'unavailable', error: { code: 'unavailable', httpStatus: 503 } }],
  ['internal', { kind: 'unavailable', error: { providerCode: -1 } }],
  ['timed-out', { kind: 'unavailable', error: { providerCode: 23 } }],
  ['edge-404', { kind: 'unavailable', error: { message: expect.stringContaining('base URL') } }],
  [
    'foreign-json',
    { kind: 'unavailable', error: { message: expect.stringContaining('base URL') } },
  ],
  ['redirected', { kind: 'unavailable', error: { message: expect.stringContaining('base URL') } }],
])('%s', async (fixture, expected) => {
  on = await stage('stream', [fixture]);
  expect(await on.stream.submit(users(), never)).toMatchObject(expected);
  expect(on.server.requests).toHaveLength(1);
});

test('words of the id are not words about it', async () => {
  on = await stage('stream', ['user-id-is-a-word']);
  expect(await on.stream.submit(users('unknown'), never)).toMatchObject({ kind: 'refused' });
});

test('words from outside come clean, short and without links or secrets', async () => {
  on = await stage('stream', ['hostile-words']);
  const answer = await on.stream.submit(users(), never);
  const message = 'error' in answer ? answer.error.message : '';
  expect(message).toContain('bad [link] api_key=[secret] [secret] long');
  expect(message.length).toBeLessThan(350);
});

test('a secret that cannot be had, or that is empty', async () => {
  on = await stage('stream', ['started'], { stream: noSource() });
  expect(await on.stream.submit(users(), never)).toMatchObject({
    kind: 'credentials',
    error: { code: 'credentials', message: expect.stringContaining('APP_SECRET is not set') },
  });
  await on.close();
  on = await stage('stream', ['started'], { stream: source('') });
  expect(await on.stream.submit(users(), never)).toMatchObject({ kind: 'credentials' });
  expect(on.server.requests).toEqual([]);
});

test('stopped before it left: unsent', async () => {
  on = await stage('stream', ['started']);
  expect(await on.stream.submit(users(), AbortSignal.abort())).toMatchObject({
    kind: 'unsent',
    error: { code: 'stopped' },
  });
  expect(on.server.requests).toEqual([]);
});

test('nobody there: unsent', async () => {
  on = await stage('stream', ['started']);
  await on.server.close();
  expect(await on.stream.submit(users(), never)).toMatchObject({
    kind: 'unsent',
    error: { code: 'no_connection', passing: true },
  });
});

test('a renewed secret is read anew', async () => {
  let value = 'first';
  let renewed = 0;
  const rotating = {
    read: async () => await source(value).read(),
    renew: () => {
      renewed += 1;
      value = 'second';
    },
  };
  on = await stage('stream', ['bad-signature', 'started'], { stream: rotating });
  await on.stream.submit(users(), never);
  on.stream.renewCredentials();
  await on.stream.submit(users(), never);
  expect(renewed).toBe(1);
  const token = on.server.headers[1]?.authorization ?? '';
  await jwtVerify(token, new TextEncoder().encode('second'), { currentDate: new Date(START) });
});
