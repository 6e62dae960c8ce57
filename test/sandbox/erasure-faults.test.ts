import { afterEach, describe, expect, test } from 'vitest';
import { type Box, type Reply, openBox, seenAtStream } from './box.ts';

// What the erasure tests of the client stand on: each fault on each operation that deletes or
// restores, for one id and for a number of calls.
let box: Box;
afterEach(() => box.close());

type Operation = 'deleteFeedUserData' | 'deleteUsers' | 'restoreUsers' | 'registerGdprDelete';

const HARD = { user: 'hard', messages: 'hard', conversations: 'hard', calls: 'hard', files: true };
const CALLS: Record<Operation, (ids: string[]) => Promise<Reply>> = {
  deleteFeedUserData: ([id]) =>
    box.stream('POST', `/api/v2/feeds/users/${id}/delete`, { hard_delete: true }),
  deleteUsers: (ids) => box.stream('POST', '/api/v2/users/delete', { user_ids: ids, ...HARD }),
  restoreUsers: (ids) => box.stream('POST', '/api/v2/users/restore', { user_ids: ids }),
  registerGdprDelete: (ids) =>
    box.sendbird('POST', '/v3/privacy/gdpr', {
      action: 'delete',
      user_ids: ids,
      channel_delete_option: '1_on_1',
    }),
};
const OPERATIONS: Operation[] = [
  'deleteFeedUserData',
  'deleteUsers',
  'restoreUsers',
  'registerGdprDelete',
];
const DELETIONS = OPERATIONS.filter((operation) => operation !== 'restoreUsers');

/** A box where all is ready for an operation on `ada` and `prolific`: restoring needs deleted users. */
async function ready(operation: Operation, taskTime = 0) {
  box = await openBox({ taskTime });
  if (operation !== 'restoreUsers') return;
  await box.stream('POST', '/api/v2/users/delete', { user_ids: ['ada', 'prolific'] });
  box.clock.pass(taskTime);
}

const state = (provider: 'stream' | 'sendbird', id: string) =>
  box.sandbox.control.user(provider, id).account;

/** Whether an operation took effect on someone. */
function happened(operation: Operation, id: string): boolean {
  switch (operation) {
    case 'deleteFeedUserData':
      return state('stream', id)['feeds'] === 'hard';
    case 'deleteUsers':
      return JSON.stringify(state('stream', id)['user'])?.includes('hard') ?? false;
    case 'restoreUsers':
      return box.sandbox.control.user('stream', id).visible;
    case 'registerGdprDelete':
      return state('sendbird', id)['deleted'] !== null;
  }
}

function look({ json }: Reply) {
  const { task_id: task, request_id: request } = json;
  return typeof task === 'string'
    ? box.stream('GET', `/api/v2/tasks/${task}`)
    : box.sendbird('GET', `/v3/privacy/gdpr/${String(request)}`);
}

describe.each(OPERATIONS)('%s', (operation) => {
  const call = CALLS[operation];

  test.each(['=1', '=id:ada'])('answer-lost%s: done, and nobody says so', async (value) => {
    await ready(operation);
    box.sandbox.control.setFaults([`answer-lost@${operation}${value}`]);
    await expect(call(['ada'])).rejects.toThrow(/closed|hang up|socket/i);
    expect(happened(operation, 'ada')).toBe(true);
    expect(box.log.at(-1)).toMatchObject({ operation, status: null, ids: ['ada'] });
    expect((await call(['prolific'])).status).toBeLessThan(300);
  });

  test.each([
    ['hold', false],
    ['hold-answer', true],
  ])('%s by id and by count', async (fault, done) => {
    await ready(operation);
    const { control } = box.sandbox;
    for (const [value, id] of [
      ['=id:ada', 'ada'],
      ['=1', 'prolific'],
    ] as const) {
      control.setFaults([`${fault}@${operation}${value}`]);
      const answer = call([id]);
      expect(await control.waitForHeld(operation)).toMatchObject([{ operation, ids: [id], fault }]);
      expect(happened(operation, id)).toBe(done);
      expect(control.open(operation)).toBe(1);
      expect((await answer).status).toBeLessThan(300);
      expect(happened(operation, id)).toBe(true);
    }
  });

  test.each([
    ['http-500', 500],
    ['unauthorized-401', 401],
  ])('%s for one id, without effect', async (fault, status) => {
    await ready(operation);
    box.sandbox.control.setFaults([`${fault}@${operation}=id:ada`]);
    expect((await call(['ada'])).status).toBe(status);
    expect(happened(operation, 'ada')).toBe(false);
    expect((await call(['prolific'])).status).toBeLessThan(300);
  });
});

describe.each(['deleteUsers', 'restoreUsers', 'registerGdprDelete'] as const)(
  '%s: batch-refused',
  (operation) => {
    const call = CALLS[operation];

    test.each(['batch-refused', `batch-refused@${operation}`])('%s=id:ada', async (fault) => {
      await ready(operation);
      box.sandbox.control.setFaults([`${fault}=id:ada`]);
      expect((await call(['prolific', 'ada'])).status).toBe(400);
      expect(happened(operation, 'prolific')).toBe(false);
      expect((await call(['ada'])).status).toBe(400);
      expect((await call(['prolific'])).status).toBeLessThan(300);
      expect(happened(operation, 'prolific')).toBe(true);
    });
  },
);

test('batch-refused is nothing for a call with one user in its path', async () => {
  box = await openBox({ faults: ['batch-refused=id:ada'] });
  expect((await CALLS.deleteFeedUserData(['ada'])).status).toBe(201);
});

describe.each(DELETIONS)('%s: its task', (operation) => {
  const call = CALLS[operation];

  test.each(['=id:ada', '=1'])('task-never-ends%s, the others do', async (value) => {
    await ready(operation, 1000);
    box.sandbox.control.setFaults([`task-never-ends@${operation}${value}`]);
    const endless = await call(['ada']);
    const others = [];
    for (const id of ['prolific', 'user-000001', 'user-000002']) others.push(await call([id]));
    box.clock.pass(365 * 86_400_000);
    expect((await look(endless)).json['status']).toMatch(/^(running|processing)$/);
    expect(happened(operation, 'ada')).toBe(false);
    for (const other of others) {
      expect((await look(other)).json['status']).toMatch(/^(completed|done)$/);
    }
    expect(happened(operation, 'user-000002')).toBe(true);
  });

  test.each(['=id:ada', '=1'])('task-forgotten%s: done, but unknown', async (value) => {
    await ready(operation);
    box.sandbox.control.setFaults([`task-forgotten@${operation}${value}`]);
    expect((await look(await call(['ada']))).json['code']).toSatisfy((code: unknown) =>
      [16, 400201].includes(Number(code)),
    );
    expect(happened(operation, 'ada')).toBe(true);
    expect((await look(await call(['prolific']))).status).toBe(200);
  });

  test('task-fails for one id: without effect', async () => {
    await ready(operation);
    box.sandbox.control.setFaults([`task-fails@${operation}=id:ada`]);
    expect((await look(await call(['ada']))).json['status']).toMatch(/^(failed|no_data)$/);
    expect(happened(operation, 'ada')).toBe(false);
    await call(['prolific']);
    expect(happened(operation, 'prolific')).toBe(true);
  });

  test.each(['=id:ada', '=1'])('user-stays-visible%s: one stays, one goes', async (value) => {
    await ready(operation);
    box.sandbox.control.setFaults([`user-stays-visible@${operation}${value}`]);
    const replies =
      operation === 'deleteFeedUserData'
        ? [await call(['ada']), await call(['prolific'])]
        : [await call(['ada', 'prolific'])];
    for (const reply of replies) {
      expect((await look(reply)).json['status']).toMatch(/^(completed|done)$/);
    }
    expect([happened(operation, 'ada'), happened(operation, 'prolific')]).toEqual([false, true]);
  });
});

test.each(['=id:ada', '=1'])('delete-user-fails%s: one of three', async (value) => {
  box = await openBox({ taskTime: 1000, faults: [`delete-user-fails@deleteUsers${value}`] });
  const reply = await CALLS.deleteUsers(['ada', 'prolific', 'linus']);
  expect(await seenAtStream(box, 'ada')).toBe(false);
  box.clock.pass(1000);
  expect((await look(reply)).json).toMatchObject({
    status: 'completed',
    result: { ada: { status: 'error' }, prolific: { status: 'ok' }, linus: { status: 'ok' } },
  });
  expect(await seenAtStream(box, 'ada')).toBe(true);
  expect(box.sandbox.control.user('stream', 'linus').visible).toBe(false);
});

describe('control', () => {
  test('user: what became of someone at either provider', async () => {
    box = await openBox();
    await CALLS.deleteUsers(['ada']);
    await CALLS.deleteFeedUserData(['ada']);
    await CALLS.registerGdprDelete(['ada']);
    const modes = { messages: 'hard', conversations: 'hard', calls: 'hard', files: true };
    expect(state('stream', 'ada')).toMatchObject({ ...modes, user: { mode: 'hard' } });
    expect(state('sendbird', 'ada')).toEqual({ deleted: { channels: '1_on_1' }, active: true });
    expect(box.sandbox.control.user('sendbird', 'ada').visible).toBe(false);
  });

  test('feeds of an account that is gone: refused, so it is the feeds that go first', async () => {
    box = await openBox();
    expect((await CALLS.deleteFeedUserData(['ada'])).status).toBe(201);
    await CALLS.deleteUsers(['ada', 'prolific']);
    expect(state('stream', 'ada')).toMatchObject({ feeds: 'hard' });
    expect((await CALLS.deleteFeedUserData(['prolific'])).json['code']).toBe(16);
    expect(state('stream', 'prolific')).toMatchObject({ feeds: null });
  });

  test('changed: nobody but them', async () => {
    box = await openBox();
    const changed = (provider: 'stream' | 'sendbird') =>
      box.sandbox.control.changed(provider).map(({ id, visible }) => [id, visible]);
    await CALLS.deleteFeedUserData(['ada']);
    await CALLS.registerGdprDelete(['prolific', 'quiet']);
    expect(changed('stream')).toEqual([['ada', true]]);
    expect(changed('sendbird')).toEqual([
      ['prolific', false],
      ['quiet', false],
    ]);
    const overHttp = await box.get(`${box.sandbox.origin}/sandbox/users/sendbird`);
    expect(JSON.parse(overHttp.text)).toEqual(box.sandbox.control.changed('sendbird'));
  });

  test('idsAtBoth: 250 of 300, all at both under the same id', async () => {
    box = await openBox({ users: 300 });
    const ids = box.sandbox.control.idsAtBoth(250);
    expect(ids.slice(0, 4)).toEqual(['ada', 'prolific', 'quiet', 'user-000001']);
    expect(new Set(ids).size).toBe(250);
    for (const id of ids) {
      expect(box.sandbox.control.user('stream', id).visible).toBe(true);
      expect(box.sandbox.control.user('sendbird', id).visible).toBe(true);
    }
    expect(box.sandbox.control.idsAtBoth(1000)).toHaveLength(303);
    const overHttp = await box.get(`${box.sandbox.origin}/sandbox/ids-at-both?count=250`);
    expect(JSON.parse(overHttp.text)).toEqual(ids);
  });
});
