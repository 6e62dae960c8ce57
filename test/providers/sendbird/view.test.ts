import { afterEach, describe, expect, test } from 'vitest';
import type { RunningCall } from '../../../src/providers/provider.ts';
import { type Stage, never, stage } from '../stage.ts';

const call: RunningCall = {
  id: 'call_1',
  operation: 'access',
  taskId: 'c0ffee12ab34cd5',
  subjectIds: ['ada'],
  options: {},
};

let on: Stage;
afterEach(() => on.close());

test.each([
  ['view-scheduled', { kind: 'running', status: 'scheduled' }],
  ['view-processing', { kind: 'running', status: 'processing' }],
  ['view-archiving', { kind: 'running', status: 'archiving' }],
  ['view-failed', { kind: 'running', status: 'failed' }],
  ['view-scheduled-odd-files', { kind: 'running' }],
  ['view-done', { kind: 'done', status: 'done' }],
  ['view-no-data', { kind: 'no_data', status: 'no_data' }],
  ['view-other-user', { kind: 'failed', error: { code: 'wrong_answer', passing: false } }],
  ['view-delete', { kind: 'failed', error: { code: 'wrong_answer', passing: false } }],
  [
    'view-other-request',
    { kind: 'unreadable', error: { message: expect.stringContaining('request_id') } },
  ],
  ['view-no-user', { kind: 'unreadable', error: { message: expect.stringContaining('user_id') } }],
  ['view-no-status', { kind: 'unreadable', error: { message: expect.stringContaining('status') } }],
  ['view-cut', { kind: 'unreadable' }],
  ['not-found', { kind: 'forgotten', error: { code: 'task_lost', providerCode: 400201 } }],
  ['user-deleted', { kind: 'forgotten' }],
  ['view-invalid-id', { kind: 'forgotten', error: { code: 'task_lost' } }],
  ['missing-parameter', { kind: 'unreadable', error: { providerCode: 400105, passing: true } }],
  ['bad-token', { kind: 'credentials' }],
  ['edge-404', { kind: 'unavailable' }],
  ['edge-502', { kind: 'unavailable' }],
])('%s', async (fixture, expected) => {
  on = await stage('sendbird', [fixture]);
  const reports = await on.sendbird.check([call], never);
  expect(reports.get('call_1')).toMatchObject(expected);
  expect(on.server.requests[0]).toBe('GET /v3/privacy/gdpr/c0ffee12ab34cd5');
});

test('a fraction of a second told is a quarter at least', async () => {
  on = await stage('sendbird', ['limited', 'view-scheduled']);
  expect((await on.sendbird.check([call], never)).get('call_1')).toMatchObject({ kind: 'running' });
  expect(on.clock.pauses).toEqual([250]);
});

describe('collect', () => {
  test.each([
    ['view-done', 1_795_953_600_000],
    ['view-done-seconds', 1_795_953_600_000],
    ['view-done-no-expiry', null],
  ])('%s', async (fixture, expiresAt) => {
    on = await stage('sendbird', [fixture]);
    const collection = await on.sendbird.collect(call, never);
    expect(collection).toMatchObject({ kind: 'file', download: { expiresAt } });
    expect(JSON.stringify(collection)).not.toMatch(/amazonaws|s1gn3d/);
  });

  test.each(['view-done-empty-url', 'view-done-no-files'])('%s: no link', async (fixture) => {
    on = await stage('sendbird', [fixture]);
    expect(await on.sendbird.collect(call, never)).toMatchObject({
      kind: 'no_link',
      error: { code: 'no_link', message: expect.stringContaining('files.url') },
    });
  });

  test.each([
    ['view-other-user', 'failed'],
    ['view-delete', 'failed'],
    ['view-no-user', 'unreadable'],
    ['view-no-data', 'no_data'],
    ['view-processing', 'running'],
    ['not-found', 'forgotten'],
  ])('%s is %s: never another file', async (fixture, kind) => {
    on = await stage('sendbird', [fixture]);
    expect(await on.sendbird.collect(call, never)).toMatchObject({ kind });
  });
});
