import { request } from 'undici';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { parseFault } from '../../src/sandbox/sandbox.ts';
import { type Box, KEY, openBox, seenAtStream, serverToken } from './box.ts';

let box: Box;
afterEach(() => box.close());

const soft = () => box.stream('POST', '/api/v2/users/delete', { user_ids: ['ada'] });
const access = () => box.sendbird('POST', '/v3/privacy/gdpr', { action: 'access', user_id: 'ada' });

describe('parseFault', () => {
  test.each([
    ['http-500', { name: 'http-500', scope: null, count: null, rate: null, userId: null }],
    ['reset@stream=2', { name: 'reset', scope: 'stream', count: 2, rate: null, userId: null }],
    ['slow@getTask=0.5', { name: 'slow', scope: 'getTask', count: null, rate: 0.5, userId: null }],
    ['file-html@exportUsers', { name: 'file-html', scope: 'exportUsers' }],
    ['task-fails=id:ada', { name: 'task-fails', userId: 'ada', count: null }],
  ])('reads %s', async (text, spec) => {
    box = await openBox();
    expect(parseFault(text)).toMatchObject(spec);
  });

  test.each([
    ['http-5000', /Unknown fault "http-5000".*Known faults: hold, .*no-length\./],
    ['http-500@nowhere', /no scope "nowhere".*exportFeedUserData/],
    ['task-fails@getTask', /no scope "getTask".*deleteUsers/],
    ['reset=0', /neither a count.*nor a rate/],
    ['reset=1.5', /neither a count/],
    ['reset=', /neither a count/],
  ])('refuses %s', async (text, message) => {
    box = await openBox();
    expect(() => parseFault(text)).toThrow(message);
  });
});

describe('before any effect', () => {
  test.each([
    ['http-500', [500, -1], [500, 500901]],
    ['http-503', [503, -1], [503, 503]],
    ['http-429', [429, 9], [429, 500910]],
    ['unauthorized', [401, 5], [400, 400401]],
    ['unauthorized-401', [401, 5], [401, 400401]],
  ])('%s: each provider in its own words', async (name, atStream, atSendbird) => {
    box = await openBox({ faults: [name] });
    const stream = await soft();
    expect([stream.status, stream.json['code']]).toEqual(atStream);
    const sendbird = await access();
    expect([sendbird.status, sendbird.json['code']]).toEqual(atSendbird);
    expect(box.log.map(({ fault }) => fault)).toEqual([name, name]);
    expect(box.sandbox.control.tasks()).toEqual([]);
  });

  test('http-429 says when to come back', async () => {
    box = await openBox({ faults: ['http-429'] });
    const { headers } = await soft();
    expect(headers['x-ratelimit-remaining']).toBe('0');
    expect(Number(headers['x-ratelimit-reset'])).toBe(box.clock.now() / 1000 + 1);
    expect(Number((await access()).headers['x-ratelimit-retryafter'])).toBeGreaterThan(0);
  });

  test('edge-text: 503, then 502, no JSON', async () => {
    box = await openBox({ faults: ['edge-text=2'] });
    const first = await soft();
    expect(first).toMatchObject({ status: 503, json: {} });
    expect(first.text).toContain('upstream connect error');
    expect((await soft()).status).toBe(502);
    expect((await soft()).status).toBe(201);
  });

  test('reset: the connection goes, nothing happened, and a count ends', async () => {
    box = await openBox({ faults: ['reset@deleteUsers=1'] });
    await expect(soft()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await seenAtStream(box, 'ada')).toBe(true);
    expect((await soft()).status).toBe(201);
    expect(box.log[0]).toMatchObject({ operation: 'deleteUsers', status: null, fault: 'reset' });
  });

  test('slow and latency take time of the clock', async () => {
    box = await openBox({ faults: ['slow=1'], latency: 40 });
    const begun = box.clock.now();
    await soft();
    expect(box.clock.now() - begun).toBe(2040);
    await soft();
    expect(box.clock.now() - begun).toBe(2080);
  });

  test('hang: never an answer, ended by close', async () => {
    box = await openBox({ faults: ['hang=1'] });
    const answer = soft().then(
      () => 'answered',
      () => 'cut',
    );
    const other = await access();
    expect(other.status).toBe(200);
    await box.close();
    expect(await answer).toBe('cut');
    expect(box.log).toContainEqual(expect.objectContaining({ fault: 'hang', status: null }));
  });

  test('batch-refused: the same id spoils each batch it is in', async () => {
    box = await openBox({ faults: ['batch-refused@deleteUsers=id:grace'] });
    const erase = (ids: string[]) => box.stream('POST', '/api/v2/users/delete', { user_ids: ids });
    expect((await erase(['ada', 'grace'])).json['code']).toBe(4);
    expect((await erase(['grace'])).json['message']).toContain('grace');
    expect((await erase(['ada'])).status).toBe(201);
    expect((await erase(['grace'])).status).toBe(400);
  });

  test('batch-refused with a count: the first ids it sees', async () => {
    box = await openBox({ faults: ['batch-refused=1'] });
    const erase = (ids: string[]) => box.stream('POST', '/api/v2/users/delete', { user_ids: ids });
    expect((await erase(['ada', 'grace'])).status).toBe(400);
    expect((await erase(['grace'])).status).toBe(201);
    expect((await erase(['ada'])).status).toBe(400);
  });
});

describe('after the effect', () => {
  test('answer-lost: done, but nobody says so', async () => {
    box = await openBox({ faults: ['answer-lost=1'] });
    await expect(soft()).rejects.toThrow(/closed|hang up|socket/i);
    expect(await seenAtStream(box, 'ada')).toBe(false);
    const { status, taskId } = box.log[0] ?? {};
    expect(status).toBeNull();
    expect(taskId).toBe(box.sandbox.control.tasks()[0]?.id);
  });

  test('bad-json: cut, with the right status', async () => {
    box = await openBox({ faults: ['bad-json'] });
    const { status, text } = await soft();
    expect(status).toBe(201);
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
    expect(box.sandbox.control.tasks()).toHaveLength(1);
  });

  test('wrong-shape: a required field is missing or wrong', async () => {
    box = await openBox({ faults: ['wrong-shape'] });
    expect(Object.keys((await soft()).json)).toEqual(['duration']);
    expect((await access()).json).not.toHaveProperty('request_id');
    const [task] = box.sandbox.control.tasks();
    expect((await box.stream('GET', `/api/v2/tasks/${task?.id}`)).json['status']).toBe(7);
  });

  test('a refused call keeps its refusal', async () => {
    box = await openBox({ faults: ['bad-json', 'wrong-shape'] });
    expect((await box.sendbird('GET', '/v3/users/nobody')).json['code']).toBe(400201);
  });
});

describe('gates', () => {
  test('hold: nothing happened until the test opens', async () => {
    box = await openBox({ faults: ['hold@deleteUsers'] });
    const answer = soft();
    const [held] = await box.sandbox.control.waitForHeld('deleteUsers');
    expect(held).toMatchObject({ operation: 'deleteUsers', ids: ['ada'], fault: 'hold' });
    expect(await seenAtStream(box, 'ada')).toBe(true);
    expect(box.sandbox.control.open('deleteUsers')).toBe(1);
    expect((await answer).status).toBe(201);
    expect((await soft()).status).toBe(201);
  });

  test('hold: a caller who goes before the gate opens has done nothing', async () => {
    box = await openBox({ faults: ['hold@deleteUsers'] });
    const gone = new AbortController();
    const call = request(`${box.sandbox.origin}/api/v2/users/delete?api_key=${KEY}`, {
      method: 'POST',
      headers: {
        authorization: await serverToken({ server: true }),
        'stream-auth-type': 'jwt',
        'content-type': 'application/json',
      },
      body: '{"user_ids":["ada"]}',
      signal: gone.signal,
    });
    await box.sandbox.control.waitForHeld();
    gone.abort();
    await expect(call).rejects.toThrow(/abort/i);
    await vi.waitFor(() => expect(box.sandbox.control.held()).toEqual([]));
    box.sandbox.control.open();
    expect(box.log).toMatchObject([{ status: null, fault: 'hold', ids: ['ada'] }]);
    expect(await seenAtStream(box, 'ada')).toBe(true);
  });

  test('hold-answer: it happened, the answer waits', async () => {
    box = await openBox({ faults: ['hold-answer@deleteUsers'] });
    const answer = soft();
    const [held] = await box.sandbox.control.waitForHeld('stream');
    expect(held?.taskId).toBe(box.sandbox.control.tasks()[0]?.id);
    expect(await seenAtStream(box, 'ada')).toBe(false);
    box.sandbox.control.release();
    expect((await answer).status).toBe(201);
    const second = soft();
    expect(await box.sandbox.control.waitForHeld()).toHaveLength(1);
    box.sandbox.control.open();
    expect((await second).status).toBe(201);
  });

  test('over HTTP, for other processes', async () => {
    box = await openBox();
    const control = (method: string, path: string, body?: unknown) =>
      box.sendbird(method, `/sandbox${path}`, body);
    await control('PUT', '/faults', ['hold@registerGdprAccess']);
    const waiting = control('GET', '/gates/wait?scope=registerGdprAccess');
    const answer = access();
    expect(JSON.parse((await waiting).text)).toMatchObject([{ ids: ['ada'] }]);
    const opened = await control('POST', '/gates/open', { scope: 'registerGdprAccess' });
    expect(opened.json).toEqual({ opened: 1 });
    expect((await answer).status).toBe(200);
    expect((await control('GET', '/users/sendbird/ada')).json).toMatchObject({ visible: true });
    expect((await control('GET', '/counts')).json).toEqual({ registerGdprAccess: 1 });
    const wrong = await control('PUT', '/faults', ['nonsense']);
    expect([wrong.status, String(wrong.json['error'])]).toEqual([
      400,
      expect.stringContaining('Unknown fault'),
    ]);
  });
});

test('faults with one name and two scopes, in turn, one a call', async () => {
  box = await openBox({ faults: ['http-500@stream=1', 'http-500@sendbird=1', 'reset@stream=1'] });
  await expect(soft()).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect([(await soft()).status, (await access()).status]).toEqual([500, 500]);
  expect([(await soft()).status, (await access()).status]).toEqual([201, 200]);
});

const run = async () => {
  box = await openBox({ faults: ['http-500@getUser=0.3'] });
  const seen: number[] = [];
  for (let i = 0; i < 60; i += 1) seen.push((await box.sendbird('GET', '/v3/users/ada')).status);
  await box.close();
  return seen;
};

test('a rate is a share, the same for the same seed', async () => {
  const first = await run();
  const failed = first.filter((status) => status === 500).length;
  expect(failed).toBeGreaterThan(8);
  expect(failed).toBeLessThan(30);
  expect(await run()).toEqual(first);
});
