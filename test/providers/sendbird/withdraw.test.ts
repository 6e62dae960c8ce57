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
const PATH = '/v3/privacy/gdpr/c0ffee12ab34cd5';

let on: Stage;
afterEach(() => on.close());

const deletes = (): number => on.server.requests.filter((line) => line === `DELETE ${PATH}`).length;

async function withdrawn(...fixtures: readonly string[]) {
  on = await stage('sendbird', fixtures);
  return on.sendbird.withdraw(call, never);
}

describe('what is not scheduled is not cancelled', () => {
  test.each([
    ['view-processing', { kind: 'too_late', error: { code: 'refused', passing: false } }],
    ['view-done', { kind: 'too_late', error: { message: expect.stringContaining('is done') } }],
    ['view-no-data', { kind: 'too_late' }],
    ['view-archiving', { kind: 'too_late' }],
    ['view-canceled', { kind: 'withdrawn' }],
    ['view-cancelled', { kind: 'withdrawn' }],
    ['view-unregistered', { kind: 'withdrawn' }],
    ['view-other-user', { kind: 'too_late', error: { code: 'wrong_answer' } }],
    ['view-delete', { kind: 'too_late', error: { code: 'wrong_answer' } }],
    ['view-other-request', { kind: 'unavailable', error: { code: 'unreadable_answer' } }],
    ['view-cut', { kind: 'unavailable' }],
    ['missing-parameter', { kind: 'unavailable' }],
    ['bad-token', { kind: 'credentials' }],
    ['edge-502', { kind: 'unavailable' }],
    [
      'not-found',
      {
        kind: 'unclear',
        error: { code: 'task_lost', message: expect.stringContaining('nothing') },
      },
    ],
  ])('%s', async (fixture, expected) => {
    expect(await withdrawn(fixture)).toMatchObject(expected);
    expect(deletes()).toBe(0);
  });
});

describe('cancelled once, and looked at again', () => {
  test('in three calls', async () => {
    expect(await withdrawn('view-scheduled', 'withdrawn', 'not-found')).toEqual({
      kind: 'withdrawn',
    });
    expect(on.server.requests).toEqual([`GET ${PATH}`, `DELETE ${PATH}`, `GET ${PATH}`]);
    expect(on.bodies[1]).toBe('');
    expect(on.limiters[1]).toBe('sendbird:APP:cancelGdprRequest');
  });

  test.each([
    ['withdrawn', 'view-invalid-id', { kind: 'withdrawn' }],
    ['withdrawn', 'user-deleted', { kind: 'withdrawn' }],
    ['withdrawn', 'view-canceled', { kind: 'withdrawn' }],
    ['withdrawn', 'view-cancelled', { kind: 'withdrawn' }],
    [
      'withdrawn',
      'view-scheduled',
      {
        kind: 'unclear',
        error: { passing: true, message: expect.stringContaining('accepted the withdrawal') },
      },
    ],
    ['withdrawn', 'view-archiving', { kind: 'unclear' }],
    ['withdrawn', 'view-processing', { kind: 'too_late', error: { code: 'refused' } }],
    ['withdrawn', 'view-done', { kind: 'too_late' }],
    ['withdrawn', 'view-no-data', { kind: 'too_late' }],
    ['withdrawn', 'view-cut', { kind: 'unclear', error: { code: 'unreadable_answer' } }],
    ['withdrawn', 'view-other-user', { kind: 'unclear', error: { passing: true } }],
    ['withdrawn', 'missing-parameter', { kind: 'unclear' }],
    ['withdrawn', 'edge-404', { kind: 'unclear', error: { code: 'unavailable' } }],
    ['withdrawn', 'edge-502', { kind: 'unclear', error: { code: 'unavailable' } }],
    ['withdrawn', 'bad-token', { kind: 'unclear', error: { code: 'credentials' } }],
    ['not-found', 'not-found', { kind: 'withdrawn' }],
    ['not-found', 'view-scheduled', { kind: 'unclear', error: { code: 'not_found' } }],
    ['withdrawal-refused', 'view-processing', { kind: 'too_late' }],
    ['withdrawal-refused', 'view-done', { kind: 'too_late' }],
    ['withdrawal-refused', 'view-canceled', { kind: 'withdrawn' }],
    [
      'withdrawal-refused',
      'view-scheduled',
      { kind: 'unclear', error: { providerCode: 400111, passing: true } },
    ],
    ['withdrawal-refused', 'not-found', { kind: 'unclear', error: { code: 'task_lost' } }],
    ['missing-parameter', 'view-scheduled', { kind: 'unclear' }],
    ['error-under-200', 'view-scheduled', { kind: 'unclear' }],
    ['internal', 'not-found', { kind: 'withdrawn' }],
    ['internal', 'view-scheduled', { kind: 'unclear', error: { code: 'unavailable' } }],
    ['edge-502', 'view-done', { kind: 'too_late' }],
    ['edge-404', 'view-scheduled', { kind: 'unclear' }],
  ])('%s, then %s', async (answer, look, expected) => {
    expect(await withdrawn('view-scheduled', answer, look)).toMatchObject(expected);
    expect(deletes()).toBe(1);
  });

  test.each([
    ['bad-token', 'credentials'],
    ['edge-403', 'credentials'],
    ['limited', 'limited'],
  ])('%s: it was not carried out, and nothing more is sent', async (answer, kind) => {
    expect(await withdrawn('view-scheduled', answer)).toMatchObject({ kind });
    expect(on.server.requests).toEqual([`GET ${PATH}`, `DELETE ${PATH}`]);
  });

  test('stopped before it left: nothing was sent', async () => {
    on = await stage('sendbird', ['view-scheduled']);
    const stop = new AbortController();
    const answer = on.sendbird.withdraw(call, stop.signal);
    stop.abort();
    expect(await answer).toMatchObject({ kind: 'unavailable', error: { code: 'stopped' } });
    expect(deletes()).toBe(0);
  });

  test('a deletion is told by its users', async () => {
    on = await stage('sendbird', ['view-delete-others']);
    const deletion: RunningCall = {
      ...call,
      operation: 'delete',
      subjectIds: ['ada', 'bob'],
      options: { channel_delete_option: '1_on_1' },
    };
    expect(await on.sendbird.withdraw(deletion, never)).toMatchObject({ kind: 'too_late' });
    expect(deletes()).toBe(0);
  });

  test('what could not stand in a path never leaves', async () => {
    on = await stage('sendbird', ['view-scheduled']);
    const dots = { ...call, taskId: '..' };
    await expect(on.sendbird.withdraw(dots, never)).rejects.toThrow(/path/);
    expect(on.server.requests).toEqual([]);
  });
});

test('Stream withdraws nothing and is not asked', async () => {
  on = await stage('stream', ['task-running']);
  const task: RunningCall = { ...call, operation: 'export_users' };
  expect(await on.stream.withdraw(task, never)).toMatchObject({
    kind: 'too_late',
    error: { code: 'refused', message: expect.stringContaining('no way to withdraw') },
  });
  expect(on.server.requests).toEqual([]);
});
