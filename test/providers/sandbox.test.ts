import { createHash } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { DownloadBroken } from '../../src/errors.ts';
import type { Opened, Outgoing, RunningCall } from '../../src/providers/provider.ts';
import type { Operation } from '../../src/requests/request.ts';
import { type Ground, SECRET, TOKEN, ground } from './ground.ts';
import { never } from './stage.ts';

let on: Ground;
afterEach(() => on.close());

const OPERATIONS = ['export_feeds', 'export_users', 'access'] as const;
const outgoing = (operation: Operation, id = 'ada'): Outgoing => ({
  operation,
  subjectIds: [id],
  options: {},
});

async function submit(operation: Operation, id = 'ada') {
  return on.of(operation).submit(outgoing(operation, id), never);
}

async function started(operation: Operation, id = 'ada'): Promise<RunningCall> {
  const answer = await submit(operation, id);
  if (answer.kind !== 'accepted') throw new Error(JSON.stringify(answer));
  return { id: 'call_1', operation, taskId: answer.taskId, subjectIds: [id], options: {} };
}

async function checked(operation: Operation) {
  const call = await started(operation);
  return (await on.of(operation).check([call], never)).get('call_1');
}

async function opened(operation: Operation): Promise<Opened> {
  const collection = await on.of(operation).collect(await started(operation), never);
  if (collection.kind !== 'file') throw new Error(JSON.stringify(collection));
  return collection.download.open(never);
}

async function contents(open: Opened): Promise<Buffer> {
  if (open.kind !== 'body') throw new Error(JSON.stringify(open));
  const chunks: Uint8Array[] = [];
  for await (const chunk of open.body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const calls = (method: string): number => on.log.filter((entry) => entry.method === method).length;

describe.each(OPERATIONS)('%s', (operation) => {
  test('goes through: accepted, done, a file of the length announced', async () => {
    on = await ground();
    expect(await checked(operation)).toMatchObject({ kind: 'done' });
    const open = await opened(operation);
    const bytes = await contents(open);
    expect(bytes.length).toBeGreaterThan(0);
    expect(open).toMatchObject({ kind: 'body', bytes: bytes.length });
    expect(bytes.subarray(0, 2).toString()).toMatch(operation === 'access' ? /^PK/ : /^[[{]/);
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
    expect(await submit(operation)).toMatchObject({ kind });
    expect(calls('POST')).toBe(1);
  });

  test('a 429 says when', async () => {
    on = await ground('http-429');
    const answer = await submit(operation);
    const at = answer.kind === 'limited' ? (answer.retryAt ?? 0) : 0;
    expect(at - on.clock.now()).toBeGreaterThan(0);
    expect(at - on.clock.now()).toBeLessThanOrEqual(2_000);
  });

  test('a user that is not there', async () => {
    on = await ground();
    expect(await submit(operation, 'nobody-at-all')).toMatchObject({
      kind: 'absent',
      error: { code: 'not_found' },
    });
  });

  test('held at the gate until the limit: lost, and nothing is repeated', async () => {
    on = await ground('hold');
    const answer = submit(operation);
    await on.sandbox.control.waitForHeld();
    on.clock.expire();
    expect(await answer).toMatchObject({ kind: 'lost', error: { code: 'answer_lost' } });
    expect(calls('POST')).toBeLessThanOrEqual(1);
  });

  const look = operation === 'access' ? 'viewGdprRequest' : 'getTask';

  test.each(['http-500', 'http-503', 'http-429', 'edge-text', 'reset', 'answer-lost', 'slow'])(
    'checked under %s, once: it heals',
    async (fault) => {
      on = await ground(`${fault}@${look}=1`);
      expect(await checked(operation)).toMatchObject({ kind: 'done' });
      expect(calls('GET')).toBe(fault === 'slow' ? 1 : 2);
    },
  );

  test.each([
    ['http-500', 'unavailable', 4],
    ['http-503', 'unavailable', 4],
    ['http-429', 'limited', 16],
    ['edge-text', 'unavailable', 4],
    ['reset', 'unavailable', 4],
    ['unauthorized', 'credentials', 1],
    ['unauthorized-401', 'credentials', 1],
    ['bad-json', 'unreadable', 1],
    ['wrong-shape', 'unreadable', 1],
  ])('checked under %s, always: %s after %i calls', async (fault, kind, count) => {
    on = await ground(`${fault}@${look}`);
    expect(await checked(operation)).toMatchObject({ kind });
    expect(calls('GET')).toBe(count);
  });

  test.each([
    ['task-never-ends', 'running'],
    ['task-unknown-status', 'running'],
    ['task-forgotten', 'forgotten'],
  ])('%s: %s', async (fault, kind) => {
    on = await ground(fault);
    expect(await checked(operation)).toMatchObject({ kind });
  });

  test('task-no-url: no link', async () => {
    on = await ground('task-no-url');
    const collection = await on.of(operation).collect(await started(operation), never);
    expect(collection).toMatchObject({ kind: 'no_link', error: { code: 'no_link' } });
  });

  test.each([
    ['link-expired', 'link_refused', 'link_refused'],
    ['redirect-loop', 'unusable', 'unsafe_redirect'],
    ['redirect-file', 'unusable', 'unsafe_redirect'],
    ['http-500@downloadFile', 'unavailable', 'unavailable'],
    ['reset@downloadFile', 'unavailable', 'no_connection'],
  ])('downloaded under %s: %s', async (fault, kind, code) => {
    on = await ground(fault);
    expect(await opened(operation)).toMatchObject({ kind, error: { code } });
  });

  test.each(['redirect', 'file-reset=1', 'no-length', 'slow@downloadFile'])(
    'downloaded under %s: every byte',
    async (fault) => {
      on = await ground();
      const whole = sha256(await contents(await opened(operation)));
      on.sandbox.control.addFault(fault);
      expect(sha256(await contents(await opened(operation)))).toBe(whole);
    },
  );

  test.each(['file-short', 'file-changed'])('downloaded under %s: broken', async (fault) => {
    on = await ground(fault);
    await expect(opened(operation).then(contents)).rejects.toThrow(DownloadBroken);
  });

  test('nothing of it holds a secret or a link', async () => {
    on = await ground('http-500=1', 'edge-text@getTask=1', 'link-expired=1', 'redirect-file=1');
    const results: unknown[] = [await submit(operation), await checked(operation)];
    const refused = await opened(operation);
    const redirected = await opened(operation);
    const collection = await on.of(operation).collect(await started(operation), never);
    results.push(refused, redirected, collection, on.lines);
    const said = JSON.stringify(results);
    expect(on.lines.length).toBeGreaterThan(4);
    expect(said).toContain('GET the download link');
    for (const secret of [SECRET, TOKEN, 'k3y', 'eyJ', '/files/', 'X-Amz', '://', 'passwd']) {
      expect(said).not.toContain(secret);
    }
  });
});

test.each([
  ['task-fails', 'failed'],
  ['task-fails-bare', 'failed'],
  ['task-fails-then-completes', 'failed'],
])('Stream, %s: %s', async (fault, kind) => {
  on = await ground(fault);
  expect(await checked('export_users')).toMatchObject({ kind, error: { code: 'task_failed' } });
});

test.each(['task-fails', 'no-data'])('Sendbird, %s: no_data', async (fault) => {
  on = await ground(fault);
  expect(await checked('access')).toMatchObject({ kind: 'no_data' });
});

test('Sendbird, unknown-user-no-data: accepted, then no_data', async () => {
  on = await ground('unknown-user-no-data');
  const call = await started('access', 'nobody-at-all');
  expect((await on.of('access').check([call], never)).get('call_1')).toMatchObject({
    kind: 'no_data',
  });
});

test('Sendbird, link-not-renewed: refused, and its end was told', async () => {
  on = await ground('link-not-renewed');
  const collection = await on.of('access').collect(await started('access'), never);
  if (collection.kind !== 'file') throw new Error(collection.kind);
  expect(collection.download.expiresAt).toBeLessThanOrEqual(on.clock.now());
  expect(await collection.download.open(never)).toMatchObject({ kind: 'link_refused' });
});

test.each([
  ['export_users', 'refused'],
  ['access', 'absent'],
] as const)('%s refused for its one id: %s', async (operation, kind) => {
  on = await ground('batch-refused');
  expect(await submit(operation)).toMatchObject({ kind });
  expect(calls('POST')).toBe(1);
});

test('Sendbird, hang: every try has its limit', async () => {
  on = await ground('hang@viewGdprRequest');
  const call = await started('access');
  const over = new AbortController();
  const report = on
    .of('access')
    .check([call], never)
    .finally(() => over.abort());
  while (!over.signal.aborted) {
    await on.clock.turn();
    on.clock.expire();
  }
  expect((await report).get('call_1')).toMatchObject({ kind: 'unavailable' });
});

describe('who is there', () => {
  test.each([
    ['export_users', 'linus', true],
    ['export_users', 'nobody-at-all', false],
    ['access', 'ada', true],
    ['access', 'linus', false],
  ] as const)('%s %s: %s', async (operation, id, visible) => {
    on = await ground();
    const alone = await on.of(operation).lookup([id], never);
    expect(alone.kind === 'found' && alone.presence.get(id)?.visible).toBe(visible);
    const beside = await on.of(operation).lookup(['ada', id], never);
    expect(beside.kind === 'found' && beside.presence.get(id)?.visible).toBe(visible);
  });

  test.each([
    ['export_users', 'stream'],
    ['access', 'sendbird'],
  ] as const)('%s: a deactivated user is', async (operation, provider) => {
    on = await ground();
    on.sandbox.control.setActive(provider, 'ada', false);
    const found = await on.of(operation).lookup(['ada', 'nobody-at-all'], never);
    const ada = {
      visible: true,
      name: 'Ada L.',
      createdAt: expect.any(Number),
      lastSeenAt: expect.any(Number),
      deactivated: true,
    };
    expect(found.kind === 'found' && found.presence.get('ada')).toEqual(ada);
    const alone = await on.of(operation).lookup(['ada'], never);
    expect(alone.kind === 'found' && alone.presence.get('ada')).toEqual(ada);
  });
});

describe('search', () => {
  test('finds what an answer that was lost had started', async () => {
    on = await ground('answer-lost@registerGdprAccess=1');
    const since = on.clock.now();
    expect(await submit('access')).toMatchObject({ kind: 'lost' });
    const found = await on.of('access').search(outgoing('access'), since - 120_000, never);
    expect(found).toMatchObject({ kind: 'listed', tasks: [{ taskId: expect.any(String) }] });
    const task = found.kind === 'listed' ? found.tasks[0]?.taskId : undefined;
    const call = {
      id: 'c',
      operation: 'access',
      taskId: task ?? '',
      subjectIds: ['ada'],
      options: {},
    } as const;
    expect((await on.of('access').check([call], never)).get('c')).toMatchObject({ kind: 'done' });
  });

  test('reads every page', async () => {
    on = await ground();
    for (let count = 0; count < 120; count += 1) await started('access');
    const found = await on.of('access').search(outgoing('access'), 0, never);
    expect(found.kind === 'listed' && found.tasks.length).toBe(120);
    expect(on.log.filter(({ operation }) => operation === 'listGdprRequests')).toHaveLength(2);
  });

  test('is no answer when a page is missing', async () => {
    on = await ground('http-500@listGdprRequests');
    expect(await on.of('access').search(outgoing('access'), 0, never)).toMatchObject({
      kind: 'unavailable',
    });
  });
});
