import { afterEach, describe, expect, test } from 'vitest';
import type { RunningCall } from '../../../src/providers/provider.ts';
import { Task } from '../../../src/providers/stream/schemas.ts';
import { type Stage, never, stage } from '../stage.ts';

const TASK = '5e9f2f0e-0c0d-4c53-9f3a-6c2a3a1d7b11';
const call = (id = 'call_1', taskId = TASK): RunningCall => ({
  id,
  operation: 'export_users',
  taskId,
  subjectIds: ['ada'],
  options: {},
});

let on: Stage;
afterEach(() => on.close());

test.each([
  ['task-waiting', { kind: 'running', status: 'waiting' }],
  ['task-pending', { kind: 'running', status: 'pending' }],
  ['task-running', { kind: 'running', status: 'running' }],
  ['task-archiving', { kind: 'running', status: 'archiving' }],
  ['task-capital-completed', { kind: 'running', status: 'Completed' }],
  ['task-odd-times', { kind: 'running' }],
  ['task-completed', { kind: 'done', status: 'completed' }],
  ['task-completed-rfc3339', { kind: 'done' }],
  ['task-failed', { kind: 'failed', error: { code: 'task_failed', passing: true } }],
  ['task-failed-bare', { kind: 'failed', error: { message: expect.stringContaining('nothing') } }],
  ['task-failed-odd', { kind: 'failed' }],
  ['task-unknown-404', { kind: 'forgotten', error: { code: 'task_lost', providerCode: 16 } }],
  ['task-unknown-400', { kind: 'forgotten', error: { code: 'task_lost', providerCode: 4 } }],
  [
    'task-status-empty',
    { kind: 'unreadable', error: { message: expect.stringContaining('status') } },
  ],
  ['task-no-status', { kind: 'unreadable', error: { message: expect.stringContaining('status') } }],
  ['task-no-id', { kind: 'unreadable', error: { message: expect.stringContaining('task_id') } }],
  ['task-other', { kind: 'unreadable', error: { message: expect.stringContaining('task_id') } }],
  ['task-cut', { kind: 'unreadable', error: { code: 'unreadable_answer' } }],
  ['bad-signature', { kind: 'credentials' }],
  ['edge-404', { kind: 'unavailable' }],
  ['edge-503', { kind: 'unavailable' }],
  ['rate-limited-for-good', { kind: 'unavailable' }],
])('%s', async (fixture, expected) => {
  on = await stage('stream', [fixture]);
  const reports = await on.stream.check([call()], never);
  expect(reports.get('call_1')).toMatchObject(expected);
  expect(on.server.requests[0]).toBe(`GET /api/v2/tasks/${TASK}?api_key=k3y`);
});

test('a failure in words that are fit to be shown', async () => {
  on = await stage('stream', ['task-failed']);
  const report = (await on.stream.check([call()], never)).get('call_1');
  expect(report).toMatchObject({
    error: { message: "Stream's task failed: ExportError: export failed at [link]" },
  });
});

test('a task that was just seen done is not asked about again for its file, but for the next', async () => {
  on = await stage('stream', ['task-completed']);
  await on.stream.check([call()], never);
  expect(await on.stream.collect(call(), never)).toMatchObject({ kind: 'file' });
  expect(on.server.requests).toHaveLength(1);
  expect(await on.stream.collect(call(), never)).toMatchObject({ kind: 'file' });
  expect(on.server.requests).toHaveLength(2);
});

test('a fault that passes is not seen', async () => {
  on = await stage('stream', ['edge-503', 'internal', 'task-running']);
  expect((await on.stream.check([call()], never)).get('call_1')).toMatchObject({ kind: 'running' });
  expect(on.limiters).toEqual(Array.from({ length: 3 }, () => 'stream:k3y:GetTask'));
});

test('unrecoverable is not tried again', async () => {
  on = await stage('stream', ['rate-limited-for-good']);
  await on.stream.check([call()], never);
  expect(on.server.requests).toHaveLength(1);
});

describe('many at once', () => {
  const many = Array.from({ length: 20 }, (_, index) => call(`call_${index}`));

  test('one report each', async () => {
    on = await stage('stream', ['task-running']);
    const reports = await on.stream.check(many, never);
    expect([...reports.keys()].toSorted()).toEqual(many.map(({ id }) => id).toSorted());
    expect(on.server.requests).toHaveLength(20);
  });

  test('refused credentials: the rest is not asked', async () => {
    on = await stage('stream', ['bad-signature']);
    const reports = await on.stream.check(many, never);
    expect([...reports.values()].every(({ kind }) => kind === 'credentials')).toBe(true);
    expect(reports.size).toBe(20);
    expect(on.server.requests.length).toBeLessThanOrEqual(6);
  });

  test('nothing to ask about', async () => {
    on = await stage('stream', ['task-running']);
    expect((await on.stream.check([], never)).size).toBe(0);
  });
});

describe('collect', () => {
  test('a file behind a link that nobody sees', async () => {
    on = await stage('stream', ['task-completed']);
    const collection = await on.stream.collect(call(), never);
    expect(collection).toMatchObject({ kind: 'file', download: { expiresAt: null } });
    expect(JSON.stringify(collection)).not.toMatch(/amazonaws|s1gn3d/);
  });

  test.each(['task-completed-no-result', 'task-completed-empty-url', 'task-completed-url-number'])(
    '%s: no link',
    async (fixture) => {
      on = await stage('stream', [fixture]);
      expect(await on.stream.collect(call(), never)).toMatchObject({
        kind: 'no_link',
        error: { code: 'no_link', message: expect.stringContaining('result.url') },
      });
    },
  );

  test.each([
    ['task-running', 'running'],
    ['task-failed', 'failed'],
    ['task-other', 'unreadable'],
    ['task-unknown-404', 'forgotten'],
    ['bad-key', 'credentials'],
  ])('%s is %s', async (fixture, kind) => {
    on = await stage('stream', [fixture]);
    expect(await on.stream.collect(call(), never)).toMatchObject({ kind });
  });
});

test.each(['..', '.', ''])('a task id %j never leaves', async (taskId) => {
  on = await stage('stream', ['task-running']);
  await expect(on.stream.check([call('call_1', taskId)], never)).rejects.toThrow(/path/);
  expect(on.server.requests).toEqual([]);
});

test('there is no list to search', async () => {
  on = await stage('stream', ['task-running']);
  const wanted = { operation: 'export_users', subjectIds: ['ada'], options: {} } as const;
  expect(await on.stream.search(wanted, 0, never)).toEqual({ kind: 'unsearchable' });
});

test.each([
  [JSON.parse('1795348800123456789'), 1_795_348_800_123],
  ['2026-11-22T12:00:00.123Z', 1_795_348_800_123],
  ['2026-11-22T14:00:00.123+02:00', 1_795_348_800_123],
  ['yesterday', null],
  [null, null],
  [undefined, null],
])('the time %j', async (value, expected) => {
  on = await stage('stream', ['task-running']);
  const task = Task.parse({ task_id: 't', status: 'running', created_at: value });
  expect(task.created_at).toBe(expected);
});
