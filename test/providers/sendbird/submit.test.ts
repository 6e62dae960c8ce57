import { afterEach, describe, expect, test } from 'vitest';
import type { Outgoing } from '../../../src/providers/provider.ts';
import { meaningOf } from '../../../src/providers/sendbird/denial.ts';
import { START, type Stage, never, noSource, source, stage } from '../stage.ts';

const access: Outgoing = { operation: 'access', subjectIds: ['ada'], options: {} };

let on: Stage;
afterEach(() => on.close());

describe('what is sent', () => {
  test('the action, always, and the one user', async () => {
    on = await stage('sendbird', ['registered']);
    expect(await on.sendbird.submit(access, never)).toEqual({
      kind: 'accepted',
      taskId: 'c0ffee12ab34cd5',
      status: 'scheduled',
    });
    expect(on.server.requests).toEqual(['POST /v3/privacy/gdpr']);
    expect(on.bodies).toEqual(['{"action":"access","user_id":"ada"}']);
    expect(on.server.headers[0]).toMatchObject({
      'api-token': 'token-of-the-app',
      'content-type': 'application/json; charset=utf8',
    });
    expect(on.server.headers[0]).not.toHaveProperty('authorization');
  });

  test.each([
    { ...access, subjectIds: [] },
    { ...access, subjectIds: [''] },
    { ...access, subjectIds: ['ada', 'bob'] },
    { ...access, operation: 'delete_users' as const },
    { ...access, operation: 'export_users' as const },
  ])('%j never leaves', async (call) => {
    on = await stage('sendbird', ['registered']);
    await expect(on.sendbird.submit(call, never)).rejects.toThrow(/subject|cannot be asked/);
    expect(on.server.requests).toEqual([]);
  });

  test('its lane is asked first and told what the headers say', async () => {
    on = await stage('sendbird', ['registered']);
    expect(on.sendbird.admit('access')).toBeNull();
    await on.sendbird.submit(access, never);
    expect(on.limiters).toEqual(['sendbird:APP:registerGdprRequest']);
    expect(on.learnt.get('sendbird:APP:registerGdprRequest')).toEqual({
      limit: 100,
      remaining: 99,
      window: 60_000,
      resetAt: START + 12_500,
      perSecond: null,
    });
  });
});

test('a refusal is told to its lane, and every call is counted', async () => {
  on = await stage('sendbird', ['limited', 'registered']);
  await on.sendbird.submit(access, never);
  expect(on.refused.map(([limiter]) => limiter)).toEqual(['sendbird:APP:registerGdprRequest']);
  expect(on.refused[0]?.[2]).toBeGreaterThan(START);
  await on.sendbird.submit(access, never);
  expect(on.sendbird.limitOf('access')).toEqual(on.sendbird.limitOf('delete'));
  expect(on.sendbird.limitOf('access')).toMatchObject({ limit: 100 });
  expect(on.sendbird.turnAt('delete')).toBeNull();
  expect(on.sendbird.calls).toBe(2);
});

test.each([
  ['registered-201', { kind: 'accepted', taskId: 'c0ffee12ab34cd5' }],
  ['registered-no-action', { kind: 'accepted', taskId: 'c0ffee12ab34cd5', status: 'scheduled' }],
  ['registered-odd-status', { kind: 'accepted', taskId: 'c0ffee12ab34cd5', status: null }],
  ['registered-only-id', { kind: 'accepted', taskId: 'c0ffee12ab34cd5', status: null }],
  ['registered-no-id', { kind: 'lost', error: { code: 'unreadable_answer' } }],
  ['registered-not-json', { kind: 'lost', error: { code: 'unreadable_answer' } }],
  ['error-under-200', { kind: 'absent', error: { providerCode: 400201, httpStatus: 200 } }],
  ['not-found', { kind: 'absent', error: { code: 'not_found', providerCode: 400201 } }],
  ['user-deleted', { kind: 'absent', error: { providerCode: 400301 } }],
  ['user-deactivated', { kind: 'refused', error: { code: 'refused', providerCode: 400300 } }],
  ['bad-token', { kind: 'credentials', error: { providerCode: 400401, httpStatus: 400 } }],
  ['bad-token-401', { kind: 'credentials', error: { httpStatus: 401 } }],
  ['not-allowed', { kind: 'credentials', error: { providerCode: 400108 } }],
  ['app-unavailable', { kind: 'credentials', error: { providerCode: 403100 } }],
  ['app-unknown', { kind: 'credentials', error: { providerCode: 400304 } }],
  ['edge-403', { kind: 'credentials', error: { providerCode: null } }],
  ['limited', { kind: 'limited', retryAt: START + 250, error: { providerCode: 500910 } }],
  ['limited-400', { kind: 'limited', retryAt: null }],
  ['limited-epoch', { kind: 'limited', retryAt: START + 2_500 }],
  ['internal', { kind: 'unavailable', error: { providerCode: 500901 } }],
  ['internal-400', { kind: 'unavailable', error: { providerCode: 500901 } }],
  ['temporary', { kind: 'unavailable', error: { providerCode: 503 } }],
  ['edge-502', { kind: 'unavailable', error: { providerCode: null, httpStatus: 502 } }],
  ['edge-404', { kind: 'unavailable', error: { message: expect.stringContaining('base URL') } }],
  ['missing-parameter', { kind: 'refused', error: { providerCode: 400105, passing: false } }],
  ['quota', { kind: 'refused', error: { providerCode: 400306, passing: true } }],
])('%s', async (fixture, expected) => {
  on = await stage('sendbird', [fixture]);
  expect(await on.sendbird.submit(access, never)).toMatchObject(expected);
  expect(on.server.requests).toHaveLength(1);
});

test.each([
  ['registered-delete', 'action'],
  ['registered-delete-ids', 'action'],
  ['registered-other-user', 'user_id'],
])('%s: refused for good, and the request is named', async (fixture, field) => {
  on = await stage('sendbird', [fixture]);
  const answer = await on.sendbird.submit(access, never);
  expect(answer).toMatchObject({
    kind: 'refused',
    error: { code: 'wrong_answer', passing: false },
  });
  const message = 'error' in answer ? answer.error.message : '';
  expect(message).toContain(`${field} of its request c0ffee12ab34cd5`);
  expect(message).not.toContain('bob');
});

test('words from outside come clean, short and without links or secrets', async () => {
  on = await stage('sendbird', ['hostile-words']);
  const answer = await on.sendbird.submit(access, never);
  const message = 'error' in answer ? answer.error.message : '';
  expect(message).toContain('bad [link] [secret] long');
  expect(message.length).toBeLessThan(360);
});

test.each([
  ['that is not there', noSource()],
  ['that is empty', source('')],
  ['with a line end', source('token\n')],
  ['beyond ASCII', source('tökén')],
])('a token %s: nothing leaves', async (_what, sendbird) => {
  on = await stage('sendbird', ['registered'], { sendbird });
  const answer = await on.sendbird.submit(access, never);
  expect(answer).toMatchObject({ kind: 'credentials', error: { code: 'credentials' } });
  expect(JSON.stringify(answer)).not.toContain('tök');
  expect(on.server.requests).toEqual([]);
});

describe('meaningOf', () => {
  test.each([
    [429, 500910, 'limited'],
    [429, null, 'limited'],
    [400, 500910, 'limited'],
    [400, 429, 'limited'],
    [429, 400401, 'limited'],
    [400, 400401, 'credentials'],
    [500, 400401, 'credentials'],
    [401, null, 'credentials'],
    [403, 400201, 'credentials'],
    [400, 400307, 'credentials'],
    [500, 500901, 'unavailable'],
    [400, 503, 'unavailable'],
    [502, null, 'unavailable'],
    [400, 400201, 'absent'],
    [404, 400201, 'absent'],
    [500, 400201, 'unavailable'],
    [400, 400300, 'denied'],
    [400, 400111, 'denied'],
    [400, 1, 'denied'],
    [400, null, 'foreign'],
    [302, null, 'foreign'],
  ] as const)('%i with %s is %s', async (status, code, meaning) => {
    on = await stage('sendbird', ['registered']);
    expect(meaningOf(status, code)).toBe(meaning);
  });
});
