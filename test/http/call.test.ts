import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ApiCall, Manners } from '../../src/http/exchange.ts';
import { type Http, createHttp } from '../../src/http/http.ts';
import { isTransientStatus } from '../../src/http/retry.ts';
import { type TestServer, deadOrigin, serve, serveBytes } from './server.ts';
import { type TestClock, testClock } from './test-clock.ts';

const running: TestServer[] = [];
let clock: TestClock;
let http: Http;
let lines: string[];
let entered: number;
let tries: number;

const manners: Manners = {
  enter: async () => {
    entered += 1;
  },
  tried: () => {
    tries += 1;
  },
  hear: (answer) => ({
    transient: isTransientStatus(answer.status),
    limited: answer.status === 429,
    retryAt: answer.headers['x-at'] === undefined ? null : Number(answer.headers['x-at']),
  }),
};

beforeEach(() => {
  clock = testClock();
  lines = [];
  entered = 0;
  tries = 0;
  http = createHttp({
    clock,
    random: () => 0.5,
    scale: 1,
    verbose: (line) => lines.push(line),
  });
});

afterEach(async () => {
  await http.close();
  await Promise.all(running.splice(0).map((server) => server.close()));
});

async function up(server: Promise<TestServer>): Promise<TestServer> {
  const started = await server;
  running.push(started);
  return started;
}

function call(method: ApiCall['method'], origin: string, body?: unknown): ApiCall {
  const path = '/api/v2/tasks/t-1?api_key=k-secret';
  return { method, origin, path, headers: async () => ({ authorization: 'a-secret' }), body };
}

/** Refuses so many calls for a limit that ends in a second. */
function refusing(times: number): Promise<TestServer> {
  return serve((_request, response, count) =>
    response
      .writeHead(count <= times ? 429 : 200, { 'x-at': String(clock.now() + 1_000) })
      .end('{}'),
  );
}

const never = new AbortController().signal;
const get = (origin: string) => http.call(call('GET', origin), manners, never);
const post = (origin: string, signal = never) =>
  http.call(call('POST', origin, { user_ids: ['ada'] }), manners, signal);

describe('an answer', () => {
  test('comes whole, whatever its status; headers in one piece', async () => {
    const server = await up(
      serve((_request, response) => {
        response.setHeader('X-Many', ['1', '2']);
        response.writeHead(404).end('{"code":16}');
      }),
    );
    const exchange = await get(server.origin);
    expect(exchange).toMatchObject({
      kind: 'answer',
      answer: { status: 404, text: '{"code":16}', headers: { 'x-many': '1, 2' } },
    });
    expect(server.requests).toEqual(['GET /api/v2/tasks/t-1?api_key=k-secret']);
  });

  test('a redirect is not followed', async () => {
    const elsewhere = await up(serve((_request, response) => response.end('stolen')));
    const server = await up(
      serve((_request, response) =>
        response.writeHead(302, { location: `${elsewhere.origin}/x` }).end(),
      ),
    );
    expect(await get(server.origin)).toMatchObject({ answer: { status: 302 } });
    expect(elsewhere.requests).toEqual([]);
  });

  test('a POST carries its JSON, and without a body none', async () => {
    const bodies: string[] = [];
    const server = await up(
      serve((request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          bodies.push(Buffer.concat(chunks).toString());
          response.writeHead(201).end('{}');
        });
      }),
    );
    await post(server.origin);
    await http.call(call('POST', server.origin), manners, never);
    expect(bodies).toEqual(['{"user_ids":["ada"]}', '']);
    expect(server.headers[1]?.['content-length']).toBe('0');
  });
});

describe('unsent', () => {
  test('connection refused: a GET has four tries, each in its turn; a POST one, whose turn was before', async () => {
    const origin = await deadOrigin();
    expect(await get(origin)).toEqual({ kind: 'unsent', reason: 'connection refused' });
    expect(entered).toBe(4);
    expect(clock.pauses).toEqual([1_000, 2_000, 4_000]);
    expect(await post(origin)).toEqual({ kind: 'unsent', reason: 'connection refused' });
    expect(entered).toBe(4);
  });

  test('a name that does not exist', async () => {
    const exchange = await post('http://no-such-host.invalid');
    expect(exchange).toMatchObject({ kind: 'unsent' });
  });

  test('TLS that cannot be agreed', async () => {
    const server = await up(serve((_request, response) => response.end()));
    expect(await post(server.origin.replace('http:', 'https:'))).toMatchObject({ kind: 'unsent' });
    expect(server.requests).toEqual([]);
  });

  test('a connection that is never made within the limit', async () => {
    // It listens and never shakes hands: TLS is not agreed, so no connection is ever made.
    const server = await up(serveBytes(() => undefined));
    const exchange = post(server.origin.replace('http:', 'https:'));
    await clock.limited();
    clock.expire();
    expect(await exchange).toMatchObject({ kind: 'unsent' });
  });
});

describe('lost', () => {
  test('reset before the answer; a POST reaches the server once', async () => {
    const server = await up(serve((request) => request.socket.resetAndDestroy()));
    expect(await post(server.origin)).toEqual({ kind: 'lost', reason: 'connection broken off' });
    expect(server.requests).toHaveLength(1);
    expect(await get(server.origin)).toMatchObject({ kind: 'lost' });
    expect(server.requests).toHaveLength(5);
  });

  test('closed properly before the answer', async () => {
    const server = await up(serve((request) => request.socket.end()));
    expect(await post(server.origin)).toMatchObject({ kind: 'lost' });
    expect(server.requests).toHaveLength(1);
  });

  test('a POST on a kept connection that the server closes at that moment goes out once', async () => {
    const server = await up(
      serveBytes((socket, text, count) => {
        if (count > 1) {
          socket.destroy();
          return;
        }
        expect(text).toContain('GET');
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
      }),
    );
    expect(await get(server.origin)).toMatchObject({ kind: 'answer' });
    expect(await post(server.origin)).toMatchObject({ kind: 'lost' });
    expect(server.requests).toHaveLength(2);
  });

  test.each([
    ['cut before its length', 'HTTP/1.1 201 Created\r\ncontent-length: 50\r\n\r\n{"task_id":'],
    ['cut between chunks', 'HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n'],
    ['cut in its headers', 'HTTP/1.1 201 Created\r\ncontent-le'],
    ['not HTTP', 'SSH-2.0-OpenSSH_9.6\r\n\r\n'],
  ])('an answer %s', async (_what, bytes) => {
    const server = await up(serveBytes((socket) => socket.end(bytes)));
    expect(await post(server.origin)).toMatchObject({ kind: 'lost' });
    expect(server.requests).toHaveLength(1);
  });

  test('an answer that is too large', async () => {
    const server = await up(
      serve((_request, response) => response.end(Buffer.alloc(9 * 1024 * 1024, 'x'))),
    );
    expect(await post(server.origin)).toEqual({
      kind: 'lost',
      reason: 'answer larger than 8388608 bytes',
    });
  });

  test('no answer within 30 s', async () => {
    const arrival = Promise.withResolvers<void>();
    const server = await up(serve(() => arrival.resolve()));
    const exchange = post(server.origin);
    await arrival.promise;
    clock.expire();
    expect(await exchange).toEqual({ kind: 'lost', reason: 'no answer within 30 s' });
  });

  test('a body that trickles past 30 s', async () => {
    const beginning = Promise.withResolvers<void>();
    const server = await up(
      serve((_request, response) => {
        response.writeHead(201, { 'content-length': 10 });
        response.write('{', () => beginning.resolve());
      }),
    );
    const exchange = post(server.origin);
    await beginning.promise;
    clock.expire();
    expect(await exchange).toEqual({ kind: 'lost', reason: 'no answer within 30 s' });
  });
});

describe('the signal', () => {
  test('before: nothing leaves', async () => {
    const server = await up(serve((_request, response) => response.end()));
    expect(await post(server.origin, AbortSignal.abort())).toEqual({ kind: 'stopped' });
    expect(server.requests).toEqual([]);
  });

  test('during a GET: it ends', async () => {
    const stop = new AbortController();
    const server = await up(serve(() => stop.abort()));
    expect(await http.call(call('GET', server.origin), manners, stop.signal)).toEqual({
      kind: 'stopped',
    });
  });

  test('during a POST that only reads: it ends', async () => {
    const stop = new AbortController();
    const server = await up(serve(() => stop.abort()));
    const query = { ...call('POST', server.origin, {}), reads: true };
    expect(await http.call(query, manners, stop.signal)).toEqual({ kind: 'stopped' });
  });

  test('during a POST: its answer is waited for', async () => {
    const stop = new AbortController();
    const server = await up(
      serve((_request, response) => {
        stop.abort();
        response.writeHead(201).end('{"task_id":"t"}');
      }),
    );
    expect(await post(server.origin, stop.signal)).toMatchObject({ answer: { status: 201 } });
  });
});

test('a hundred calls under one signal leave nothing on it', async () => {
  const warnings: unknown[] = [];
  const warn = (warning: Error): number => warnings.push(warning);
  process.on('warning', warn);
  const server = await up(serve((_request, response) => response.end('{}')));
  const calls = Array.from({ length: 100 }, () => get(server.origin));
  const kinds = new Set((await Promise.all(calls)).map(({ kind }) => kind));
  await clock.turn();
  process.off('warning', warn);
  expect([...kinds]).toEqual(['answer']);
  expect(warnings).toEqual([]);
});

describe('repetition', () => {
  test('a GET on 503 until it answers, headers made anew each time', async () => {
    const server = await up(
      serve((_request, response, count) => response.writeHead(count < 3 ? 503 : 200).end('{}')),
    );
    let made = 0;
    const each: ApiCall = {
      ...call('GET', server.origin),
      headers: async () => ({ 'x-count': String((made += 1)) }),
    };
    expect(await http.call(each, manners, never)).toMatchObject({ answer: { status: 200 } });
    expect(server.headers.map((header) => header['x-count'])).toEqual(['1', '2', '3']);
    expect(clock.pauses).toEqual([1_000, 2_000]);
  });

  test('what the provider says is waited for, to the ms', async () => {
    const at = clock.now() + 12_345;
    const server = await up(
      serve((_request, response, count) =>
        response.writeHead(count === 1 ? 429 : 200, { 'x-at': String(at) }).end('{}'),
      ),
    );
    await get(server.origin);
    expect(clock.now()).toBe(at);
  });

  test('a rate limit that tells its end does not use up the tries, and is not met for ever', async () => {
    const busy = await up(refusing(12));
    expect(await get(busy.origin)).toMatchObject({ answer: { status: 200 } });
    expect([busy.requests.length, entered, tries]).toEqual([13, 13, 13]);
    const shut = await up(refusing(99));
    expect(await get(shut.origin)).toMatchObject({ answer: { status: 429 } });
    expect(shut.requests).toHaveLength(16);
  });

  test('told to wait longer than the budget: the 429 is the answer, at once', async () => {
    const at = clock.now() + 3_600_000;
    const server = await up(
      serve((_request, response) => response.writeHead(429, { 'x-at': String(at) }).end('{}')),
    );
    expect(await get(server.origin)).toMatchObject({ answer: { status: 429 } });
    expect(clock.pauses).toEqual([]);
    expect(server.requests).toHaveLength(1);
  });

  test('a POST that only reads is repeated in its turn, with its body', async () => {
    const bodies: string[] = [];
    const server = await up(
      serve((request, response, count) => {
        request.on('data', (chunk: Buffer) => bodies.push(chunk.toString()));
        request.on('end', () => response.writeHead(count < 3 ? 503 : 201).end('{}'));
      }),
    );
    const query = { ...call('POST', server.origin, { limit: 100 }), reads: true };
    expect(await http.call(query, manners, never)).toMatchObject({ answer: { status: 201 } });
    expect(bodies).toEqual(Array.from({ length: 3 }, () => '{"limit":100}'));
    expect(entered).toBe(3);
  });

  test('a POST on 429 or 503 is not repeated', async () => {
    const server = await up(
      serve((_request, response, count) => response.writeHead(count === 1 ? 429 : 503).end('{}')),
    );
    expect(await post(server.origin)).toMatchObject({ answer: { status: 429 } });
    expect(await post(server.origin)).toMatchObject({ answer: { status: 503 } });
    expect(server.requests).toHaveLength(2);
  });
});

test('verbose: one line a try, without query, headers or body', async () => {
  const server = await up(
    serve((_request, response, count) => {
      response.setHeader('x-ratelimit-limit', '60');
      response.setHeader('x-ratelimit-remaining', '58');
      response.setHeader('x-ratelimit-reset', 'a-secret\u00e9');
      response.writeHead(count === 1 ? 500 : 200).end('{"b":"b-secret"}');
    }),
  );
  await get(server.origin);
  expect(lines).toEqual([
    'GET /api/v2/tasks/t-1 500 0 ms, rate limit 60, remaining 58',
    'GET /api/v2/tasks/t-1 200 0 ms, rate limit 60, remaining 58',
  ]);
});

test('closing ends what is under way', async () => {
  const arrival = Promise.withResolvers<void>();
  const server = await up(serve(() => arrival.resolve()));
  const exchange = post(server.origin);
  await arrival.promise;
  await http.close();
  expect(await exchange).toMatchObject({ kind: 'lost' });
});
