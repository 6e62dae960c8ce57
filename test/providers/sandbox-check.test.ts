import { afterEach, describe, expect, test } from 'vitest';
import type { Provider, RunningCall } from '../../src/providers/provider.ts';
import { type Ground, ground, slowGround } from './ground.ts';
import { never } from './stage.ts';

const HOUR = 3_600_000;

let on: Ground;
afterEach(() => on.close());

async function started(id: string, operation: 'access' | 'delete' = 'access') {
  const options = operation === 'delete' ? { channel_delete_option: 'all' } : {};
  const call = { operation, subjectIds: ['ada'], options };
  const answer = await on.of(operation).submit(call, never);
  if (answer.kind !== 'accepted') throw new Error(JSON.stringify(answer));
  return { ...call, id, taskId: answer.taskId };
}

async function many(count: number): Promise<RunningCall[]> {
  const calls: RunningCall[] = [];
  for (let at = 0; at < count; at += 1) calls.push(await started(`call_${at}`));
  return calls;
}

const check = (...args: Parameters<Provider['check']>) => on.of('access').check(...args);
const logged = (operation: string): number =>
  on.log.filter((entry) => entry.operation === operation).length;
const reads = () => [logged('listGdprRequests'), logged('viewGdprRequest')];

test.each([
  [1, 0, 1],
  [2, 1, 0],
  [100, 1, 0],
  [101, 2, 0],
  [250, 3, 0],
])('%i running requests: %i pages and %i views', async (count, lists, views) => {
  on = await slowGround(HOUR);
  const reports = await check(await many(count), never);
  expect(reports.size).toBe(count);
  expect(new Set([...reports.values()].map(({ kind }) => kind))).toEqual(new Set(['running']));
  expect(reads()).toEqual([lists, views]);
});

test('accesses and deletions, under way and done, from one page', async () => {
  on = await slowGround(HOUR, 'no-data@registerGdprAccess=1');
  const [nothing, access, deletion] = [
    await started('nothing'),
    await started('access'),
    await started('deletion', 'delete'),
  ];
  const states = async () => {
    const reports = await check([nothing, access, deletion], never);
    return [...reports].map(([id, { kind }]) => `${id} ${kind}`).toSorted();
  };
  expect(await states()).toEqual(['access running', 'deletion running', 'nothing running']);
  await on.clock.sleep(HOUR);
  expect(await states()).toEqual(['access done', 'deletion done', 'nothing no_data']);
  expect(reads()).toEqual([2, 0]);
});

test('one that Sendbird has forgotten is asked for by id', async () => {
  on = await ground('task-forgotten=1');
  const reports = await check(await many(3), never);
  expect(reports.get('call_0')).toMatchObject({ kind: 'forgotten' });
  expect(reports.get('call_2')).toMatchObject({ kind: 'done' });
  expect(reads()).toEqual([1, 1]);
});

test('behind a page of strangers', async () => {
  on = await slowGround(HOUR);
  const calls = await many(3);
  await many(120);
  expect((await check(calls, never)).size).toBe(3);
  expect(reads()).toEqual([2, 0]);
});

describe('the list', () => {
  test.each(['http-500', 'http-503', 'http-429', 'edge-text', 'reset', 'answer-lost', 'slow'])(
    'under %s, once: it heals',
    async (fault) => {
      on = await ground(`${fault}@listGdprRequests=1`);
      const reports = await check(await many(5), never);
      expect(reports.get('call_4')).toMatchObject({ kind: 'done' });
      expect(reads()).toEqual([fault === 'slow' ? 1 : 2, 0]);
    },
  );

  test.each([
    ['http-500', 4],
    ['http-503', 4],
    ['http-429', 16],
    ['reset', 4],
    ['bad-json', 1],
    ['wrong-shape', 1],
  ])('under %s, always: by id', async (fault, lists) => {
    on = await ground(`${fault}@listGdprRequests`);
    const reports = await check(await many(5), never);
    expect(reports.get('call_4')).toMatchObject({ kind: 'done' });
    expect(reads()).toEqual([lists, 5]);
  });

  test('refused: the answer for all', async () => {
    on = await ground('unauthorized@listGdprRequests');
    const reports = await check(await many(5), never);
    expect(reports.get('call_4')).toMatchObject({ kind: 'credentials' });
    expect(reads()).toEqual([1, 0]);
  });
});

test('nothing of Sendbird answers: a few are asked for, and the rest is left alone', async () => {
  on = await slowGround(HOUR);
  const calls = await many(50);
  on.sandbox.control.setFaults(['http-500@listGdprRequests', 'http-500@viewGdprRequest']);
  const reports = await check(calls, never);
  expect(reports.size).toBe(50);
  expect(reports.get('call_49')).toMatchObject({ kind: 'unavailable' });
  expect(logged('viewGdprRequest')).toBeLessThanOrEqual(32);
});

test('Stream: one look for each task', async () => {
  on = await slowGround(HOUR);
  const calls: RunningCall[] = [];
  for (const id of ['ada', 'quiet', 'prolific']) {
    const call = { operation: 'export_users', subjectIds: [id], options: {} } as const;
    const answer = await on.of('export_users').submit(call, never);
    if (answer.kind !== 'accepted') throw new Error(JSON.stringify(answer));
    calls.push({ ...call, id, taskId: answer.taskId });
  }
  expect((await on.of('export_users').check(calls, never)).size).toBe(3);
  expect(logged('getTask')).toBe(3);
});
