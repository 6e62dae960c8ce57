import { afterEach, describe, expect, test } from 'vitest';
import type { RunningCall } from '../../../src/providers/provider.ts';
import { type Answering, answering } from '../answering.ts';
import { never } from '../stage.ts';

let on: Answering;
afterEach(() => on.close());

const call = (at: number): RunningCall => ({
  id: `call_${at}`,
  operation: 'access',
  taskId: `r${at}`,
  subjectIds: [`user-${at}`],
  options: {},
});
const calls = (count: number): RunningCall[] => Array.from({ length: count }, (_, at) => call(at));
const deletion: RunningCall = {
  id: 'call_d',
  operation: 'delete',
  taskId: 'd',
  subjectIds: ['ada', 'bob'],
  options: { channel_delete_option: '1_on_1' },
};

/** An entry of the list, and the view of the same request. */
const entry = (at: number, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  request_id: `r${at}`,
  action: 'access',
  status: 'processing',
  user_id: `user-${at}`,
  created_at: 1_795_348_800_000,
  ...more,
});
const stranger = (name: string) => entry(0, { request_id: name, user_id: 'eve' });
const deleted = (more: Record<string, unknown> = {}) => ({
  request_id: 'd',
  action: 'delete',
  status: 'done',
  user_ids: ['bob', 'ada'],
  channel_delete_option: '1_on_1',
  created_at: 1_795_348_800_000,
  files: { url: '', expires_at: 0 },
  ...more,
});

const numberOf = (url: URL): number => Number(url.pathname.split('/r')[1]);
const isList = (url: URL): boolean => url.pathname === '/v3/privacy/gdpr';
const reads = () => {
  const lists = on.requests.filter((line) => line.startsWith('GET /v3/privacy/gdpr?')).length;
  return { lists, views: on.requests.length - lists };
};
const check = (these: readonly RunningCall[]) => on.sendbird.check(these, never);

test('a page for a hundred; it is read on only while some are missing', async () => {
  on = await answering(() => ({ requests: calls(100).map((_, at) => entry(at)), next: 'more' }));
  const reports = await check(calls(100));
  expect(reports.size).toBe(100);
  expect(reports.get('call_99')).toEqual({ kind: 'running', status: 'processing' });
  expect(on.requests).toEqual(['GET /v3/privacy/gdpr?limit=100']);
});

test('one call is asked for by its id, none not at all', async () => {
  on = await answering((url) => entry(numberOf(url)));
  expect((await check([])).size).toBe(0);
  expect((await check(calls(1))).size).toBe(1);
  expect(reads()).toEqual({ lists: 0, views: 1 });
});

test('in any order, over several pages, with strangers between', async () => {
  const pages: Record<string, unknown> = {
    '': { requests: [stranger('x'), entry(1)], next: 'b' },
    b: { requests: [stranger('y')], next: 'c' },
    c: { requests: [entry(2, { status: 'done' }), stranger('z'), entry(0)], next: '' },
  };
  on = await answering((url) => pages[url.searchParams.get('token') ?? '']);
  const reports = await check(calls(3));
  expect([...reports.keys()].toSorted()).toEqual(['call_0', 'call_1', 'call_2']);
  expect(reports.get('call_2')).toEqual({ kind: 'done', status: 'done', results: null });
  expect(reads()).toEqual({ lists: 3, views: 0 });
});

test('two calls of one request are both told', async () => {
  on = await answering(() => ({ requests: [entry(0)], next: '' }));
  const reports = await check([call(0), { ...call(0), id: 'other' }]);
  expect([...reports.keys()]).toEqual(['call_0', 'other']);
  expect(reads()).toEqual({ lists: 1, views: 0 });
});

test('what the list does not hold is asked for by id', async () => {
  on = await answering((url) => {
    if (isList(url)) return { requests: [entry(0)], next: '' };
    return numberOf(url) === 1
      ? entry(1, { status: 'done' })
      : { error: true, code: 400201, message: '"GDPR request" not found.' };
  });
  const reports = await check(calls(3));
  expect(reports.get('call_0')).toMatchObject({ kind: 'running' });
  expect(reports.get('call_1')).toMatchObject({ kind: 'done' });
  expect(reports.get('call_2')).toMatchObject({ kind: 'forgotten' });
  expect(reads()).toEqual({ lists: 1, views: 2 });
});

describe('strangers', () => {
  test.each([
    [2, 2],
    [19, 19],
    [30, 20],
  ])('%i calls are looked for on %i pages of them, then by id', async (count, pages) => {
    on = await answering((url, at) =>
      isList(url) ? { requests: [stranger('x')], next: `p${at}` } : entry(numberOf(url)),
    );
    expect((await check(calls(count))).size).toBe(count);
    expect(reads()).toEqual({ lists: pages, views: count });
  });

  test('fill twenty pages, and the twentieth is the last that was needed', async () => {
    on = await answering((url, at) =>
      at < 20
        ? { requests: [stranger('x')], next: `p${at}` }
        : { requests: calls(30).map((_, number) => entry(number)), next: '' },
    );
    expect((await check(calls(30))).size).toBe(30);
    expect(reads()).toEqual({ lists: 20, views: 0 });
  });

  test('a page that shows one of ours is not counted', async () => {
    on = await answering((url, at) => ({ requests: [entry(at - 1)], next: `p${at}` }));
    expect((await check(calls(40))).size).toBe(40);
    expect(reads()).toEqual({ lists: 40, views: 0 });
  });

  test.each([
    null,
    7,
    { request_id: 'x' },
    { ...stranger('x'), created_at: 'yesterday' },
    { ...stranger('x'), user_ids: [7] },
  ])('that are odd spoil nothing: %j', async (odd) => {
    on = await answering(() => ({ requests: [odd, entry(0), entry(1)], next: '' }));
    const reports = await check(calls(2));
    expect(reports.get('call_1')).toMatchObject({ kind: 'running' });
    expect(reads()).toEqual({ lists: 1, views: 0 });
  });
});

describe('an entry is asserted as a view is', () => {
  test.each([
    [{}, { kind: 'done', status: 'done', results: null }],
    [{ status: 'no_data' }, { kind: 'no_data' }],
    [{ status: 'archiving' }, { kind: 'running', status: 'archiving' }],
    [{ user_ids: null, channel_delete_option: null }, { kind: 'done' }],
    [{ action: 'access' }, { kind: 'failed', error: { code: 'wrong_answer', passing: false } }],
    [{ user_ids: ['ada'] }, { kind: 'failed', error: { code: 'wrong_answer' } }],
    [{ user_ids: ['ada', 'bob', 'eve'] }, { kind: 'failed' }],
    [
      { channel_delete_option: 'all' },
      { kind: 'failed', error: { message: expect.stringContaining('channel_delete_option') } },
    ],
  ])('a deletion: %j', async (more, expected) => {
    on = await answering(() => ({ requests: [deleted(more), entry(0)], next: '' }));
    expect((await check([deletion, call(0)])).get('call_d')).toMatchObject(expected);
    expect(reads()).toEqual({ lists: 1, views: 0 });
  });

  test('an access of somebody else', async () => {
    on = await answering(() => ({ requests: [entry(0, { user_id: 'eve' }), entry(1)], next: '' }));
    expect((await check(calls(2))).get('call_0')).toMatchObject({
      kind: 'failed',
      error: { code: 'wrong_answer', message: expect.stringContaining('user_id') },
    });
  });

  test.each([{ status: undefined }, { status: '' }, { user_id: undefined }, { action: 7 }])(
    'one that lacks something, %j, is viewed',
    async (more) => {
      on = await answering((url) =>
        isList(url) ? { requests: [entry(0, more), entry(1)], next: '' } : entry(0),
      );
      expect((await check(calls(2))).get('call_0')).toMatchObject({ kind: 'running' });
      expect(reads()).toEqual({ lists: 1, views: 1 });
    },
  );
});

describe('a page that cannot be read', () => {
  const refused = { error: true, code: 400111, message: 'Invalid value: "limit".' };

  test.each([{ requests: {}, next: '' }, { next: '' }, refused, 'gibberish'])(
    '%j: by id',
    async (page) => {
      on = await answering((url) => (isList(url) ? page : entry(numberOf(url))));
      expect((await check(calls(3))).get('call_2')).toMatchObject({ kind: 'running' });
      expect(reads()).toEqual({ lists: 1, views: 3 });
    },
  );

  test('the second: what the first has shown stands', async () => {
    on = await answering((url) => {
      if (!isList(url)) return entry(numberOf(url));
      return url.searchParams.has('token') ? refused : { requests: [entry(0)], next: 'b' };
    });
    expect((await check(calls(3))).size).toBe(3);
    expect(reads()).toEqual({ lists: 2, views: 2 });
  });

  test('a cursor that runs out: from the start, once', async () => {
    const expired = { error: true, code: 400109, message: 'Token expired.' };
    on = await answering((url, at) => {
      if (at === 2) return expired;
      return url.searchParams.has('token')
        ? { requests: [entry(1), entry(2)], next: '' }
        : { requests: [entry(0)], next: 'b' };
    });
    expect((await check(calls(3))).size).toBe(3);
    expect(reads()).toEqual({ lists: 4, views: 0 });
  });

  test('refused credentials are the answer for all that are left', async () => {
    on = await answering((url) =>
      url.searchParams.has('token')
        ? { error: true, code: 400401, message: 'Invalid API token.' }
        : { requests: [entry(0)], next: 'b' },
    );
    const reports = await check(calls(50));
    expect(reports.size).toBe(50);
    expect(reports.get('call_0')).toMatchObject({ kind: 'running' });
    expect(reports.get('call_49')).toMatchObject({ kind: 'credentials' });
    expect(on.requests).toHaveLength(2);
  });

  test('nor can ids be: the rest is left alone after a few', async () => {
    on = await answering(() => ({ error: true, code: 500901, message: 'Internal error.' }));
    const reports = await check(calls(50));
    expect(reports.size).toBe(50);
    expect(reports.get('call_49')).toMatchObject({ kind: 'unavailable' });
    expect(reads().lists).toBe(1);
    expect(reads().views).toBeLessThanOrEqual(8);
  });
});

test('stopped: nothing more is sent, and each has its answer', async () => {
  on = await answering(() => ({ requests: [], next: '' }));
  const stop = new AbortController();
  stop.abort();
  const reports = await on.sendbird.check(calls(3), stop.signal);
  expect(reports.get('call_2')).toMatchObject({ kind: 'unavailable', error: { code: 'stopped' } });
  expect(on.requests).toEqual([]);
});

test('an entry that is done and has its link is not viewed for it', async () => {
  const files = { url: 'https://files.test/r0.zip', expires_at: 0 };
  on = await answering(() => ({
    requests: [entry(0, { status: 'done', files }), entry(1, { status: 'done' })],
    next: '',
  }));
  await check(calls(2));
  expect(await on.sendbird.collect(call(0), never)).toMatchObject({ kind: 'file' });
  expect(reads()).toEqual({ lists: 1, views: 0 });
  await on.sendbird.collect(call(1), never);
  expect(reads()).toEqual({ lists: 1, views: 1 });
});
