import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DownloadBroken } from '../../src/errors.ts';
import { type Http, createHttp } from '../../src/http/http.ts';
import type { OpenResult } from '../../src/http/open-download.ts';
import { Secret } from '../../src/secret.ts';
import { type TestServer, deadOrigin, serve, serveBytes } from './server.ts';
import { type TestClock, testClock } from './test-clock.ts';

const FILE = randomBytes(300_000);
const running: TestServer[] = [];
let clock: TestClock;
let http: Http;
let lines: string[];

beforeEach(() => {
  clock = testClock();
  lines = [];
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

const PATH = '/exports/users/one?X-Amz-Signature=s1gn3d';
const never = new AbortController().signal;

function open(origin: string, from = 'http://127.0.0.1', signal = never): Promise<OpenResult> {
  const link = new Secret(`${origin}${PATH}`);
  return http.openDownload({ link, provider: 'Stream', origin: from }, signal);
}

async function bytesOf(opening: OpenResult): Promise<Buffer> {
  if (opening.kind !== 'body') throw new Error(`not opened: ${opening.error.message}`);
  const chunks: Uint8Array[] = [];
  for await (const chunk of opening.body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

async function brokenBy(opening: Promise<OpenResult>): Promise<string> {
  const thrown: unknown = await bytesOf(await opening).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(DownloadBroken);
  return thrown instanceof DownloadBroken ? thrown.message : '';
}

/** Serves FILE with ranges; `breakAt` gives the byte at which the nth answer breaks off. */
function files(breakAt: (count: number) => number | null, etag = (_count: number) => '"v1"') {
  return (request: IncomingMessage, response: ServerResponse, count: number): void => {
    const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
    const goesOn = range !== null && request.headers['if-range'] === etag(count);
    const start = goesOn ? Number(range[1]) : 0;
    response.writeHead(goesOn ? 206 : 200, {
      etag: etag(count),
      'content-length': FILE.length - start,
      ...(goesOn ? { 'content-range': `bytes ${start}-${FILE.length - 1}/${FILE.length}` } : {}),
    });
    const end = breakAt(count);
    if (end === null) response.end(FILE.subarray(start));
    else if (end <= start) response.flushHeaders();
    else response.write(FILE.subarray(start, end));
    if (end !== null) setImmediate(() => setImmediate(() => request.socket.destroy()));
  };
}

describe('opening', () => {
  test('a plain GET without any credential', async () => {
    const server = await up(serve(files(() => null)));
    const opening = await open(server.origin);
    expect(opening).toMatchObject({ kind: 'body', bytes: FILE.length });
    expect(sha256(await bytesOf(opening))).toBe(sha256(FILE));
    expect(server.requests).toEqual([`GET ${PATH}`]);
    expect(Object.keys(server.headers[0] ?? {}).toSorted()).toEqual([
      'accept-encoding',
      'connection',
      'host',
    ]);
    expect(server.headers[0]?.['accept-encoding']).toBe('identity');
  });

  test.each([
    [403, 'link_refused', 'link_refused'],
    [404, 'link_refused', 'link_refused'],
    [410, 'link_refused', 'link_refused'],
    [400, 'unusable', 'unusable_file'],
    [401, 'unusable', 'unusable_file'],
    [204, 'unusable', 'unusable_file'],
    [206, 'unusable', 'unusable_file'],
    [304, 'unusable', 'unusable_file'],
  ])('%i is %s, at once', async (status, kind, code) => {
    const server = await up(
      serve((_request, response) => response.writeHead(status).end('<Error>AccessDenied</Error>')),
    );
    expect(await open(server.origin)).toMatchObject({ kind, error: { code, httpStatus: status } });
    expect(server.requests).toHaveLength(1);
  });

  test.each([429, 500, 503])('%i is tried again, and then unavailable', async (status) => {
    const server = await up(serve((_request, response) => response.writeHead(status).end()));
    expect(await open(server.origin)).toMatchObject({
      kind: 'unavailable',
      error: { httpStatus: status, passing: true },
    });
    expect(server.requests).toHaveLength(4);
  });

  test('a server that is not there', async () => {
    expect(await open(await deadOrigin())).toMatchObject({
      kind: 'unavailable',
      error: { code: 'no_connection', message: expect.stringContaining('connection refused') },
    });
  });

  test('headers that never come: 30 s a try', async () => {
    const server = await up(serve(() => clock.expire()));
    expect(await open(server.origin)).toMatchObject({
      kind: 'unavailable',
      error: { message: expect.stringContaining('no answer within 30 s') },
    });
    expect(server.requests).toHaveLength(4);
  });

  test('a body without length or chunks is not taken: its end would prove nothing', async () => {
    const server = await up(serveBytes((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n{"a":1}')));
    expect(await open(server.origin)).toMatchObject({
      kind: 'unusable',
      error: { code: 'unusable_file' },
    });
  });

  test('a body in chunks has no announced length', async () => {
    const server = await up(
      serve((_request, response) => {
        response.write('{"a"');
        response.end(':1}');
      }),
    );
    const opening = await open(server.origin);
    expect(opening).toMatchObject({ kind: 'body', bytes: null });
    expect((await bytesOf(opening)).toString()).toBe('{"a":1}');
  });

  test('a compressed body is not taken for the file', async () => {
    const server = await up(
      serve((_request, response) => {
        response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': 2 }).end('xx');
      }),
    );
    expect(await open(server.origin)).toMatchObject({ kind: 'unusable' });
  });

  test('stopped before', async () => {
    const server = await up(serve(files(() => null)));
    expect(await open(server.origin, undefined, AbortSignal.abort())).toMatchObject({
      kind: 'unavailable',
      error: { code: 'stopped' },
    });
    expect(server.requests).toEqual([]);
  });
});

describe('redirects', () => {
  test.each([301, 302, 303, 307, 308])('%i is followed', async (status) => {
    const target = await up(serve(files(() => null)));
    const server = await to(`${target.origin}/elsewhere`, status);
    expect(sha256(await bytesOf(await open(server.origin)))).toBe(sha256(FILE));
  });

  test('a relative one too', async () => {
    const server = await up(
      serve((request, response, count) =>
        request.url === '/next'
          ? files(() => null)(request, response, count)
          : response.writeHead(302, { location: '/next' }).end(),
      ),
    );
    expect(sha256(await bytesOf(await open(server.origin)))).toBe(sha256(FILE));
  });

  test('five and not six', async () => {
    expect(await open((await hops(5)).origin)).toMatchObject({ kind: 'body' });
    const sixth = await hops(6);
    expect(await open(sixth.origin)).toMatchObject({
      kind: 'unusable',
      error: { code: 'unsafe_redirect' },
    });
    expect(sixth.requests).toHaveLength(6);
  });

  test.each([
    'file:///etc/passwd',
    'http://example.invalid/x',
    'http://10.0.0.1/x',
    'https://user:word@example.invalid/x',
    '',
    'https://',
  ])('not to %j', async (location) => {
    const server = await to(location);
    const opening = await open(server.origin);
    expect(opening.kind === 'body' ? null : opening.error.code).toMatch(
      location === '' ? /unsafe_redirect/ : /^unsafe_redirect$/,
    );
    expect(JSON.stringify(opening)).not.toContain('example');
  });

  test('not without a Location', async () => {
    const server = await up(serve((_request, response) => response.writeHead(302).end()));
    expect(await open(server.origin)).toMatchObject({ error: { code: 'unsafe_redirect' } });
  });

  test.each([
    ['https://api.example', 'http://127.0.0.1:1'],
    ['https://api.example', 'https://169.254.169.254'],
    ['https://api.example', 'file://'],
    ['https://api.example', 'nonsense'],
  ])('from %s a link to %s is not even opened', async (from, origin) => {
    expect(await open(origin, from)).toMatchObject({
      kind: 'unusable',
      error: { code: 'unsafe_link', passing: false },
    });
    expect(lines).toEqual([]);
  });
});

describe('a connection that breaks', () => {
  test('is mended with If-Range, and the bytes are right', async () => {
    const server = await up(serve(files((count) => (count < 4 ? count * 70_000 : null))));
    expect(sha256(await bytesOf(await open(server.origin)))).toBe(sha256(FILE));
    expect(server.headers[1]).toMatchObject({ 'if-range': '"v1"' });
    expect(server.headers[1]?.range).toMatch(/^bytes=\d+-$/);
    expect(clock.pauses).toHaveLength(3);
  });

  test('is mended where a redirect had led', async () => {
    const target = await up(serve(files((count) => (count === 1 ? 100_000 : null))));
    const server = await up(
      serve((_request, response) =>
        response.writeHead(302, { location: `${target.origin}/file?sig=2` }).end(),
      ),
    );
    expect(sha256(await bytesOf(await open(server.origin)))).toBe(sha256(FILE));
    expect(server.requests).toHaveLength(1);
    expect(target.requests).toHaveLength(2);
  });

  test('is given up after four tries in a row', async () => {
    const server = await up(serve(files((count) => (count === 1 ? 100_000 : 0))));
    expect(await brokenBy(open(server.origin))).toContain('broke off at byte');
    expect(server.requests).toHaveLength(4);
  });

  test.each([
    [
      'the file has changed',
      () =>
        serve(
          files(
            (n) => (n === 1 ? 50_000 : null),
            (n) => `"v${n}"`,
          ),
        ),
    ],
    [
      'the ETag is weak',
      () =>
        serve(
          files(
            (n) => (n === 1 ? 50_000 : null),
            () => 'W/"v1"',
          ),
        ),
    ],
    ['there is no range to have', () => serve(broken((response) => response.writeHead(416).end()))],
    ['the link has expired', () => serve(broken((response) => response.writeHead(403).end()))],
    [
      'the range begins elsewhere',
      () => serve(broken((response) => part(response, 1, FILE.length, '"v1"'))),
    ],
    [
      'the whole has another length',
      () => serve(broken((response) => part(response, 50_000, FILE.length + 1, '"v1"'))),
    ],
    [
      'the part belongs to another file',
      () => serve(broken((response) => part(response, 50_000, FILE.length, '"v2"'))),
    ],
    [
      'the part has no ETag',
      () => serve(broken((response) => part(response, 50_000, FILE.length, null))),
    ],
  ])('is not mended when %s', async (_what, start) => {
    const server = await up(start());
    expect(await brokenBy(open(server.origin))).toMatch(/broke off/);
  });

  test('a short body is never a whole one, even when the server closes properly', async () => {
    const server = await up(
      serveBytes((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n{"a":1}\n')),
    );
    expect(await brokenBy(open(server.origin))).toContain('at byte 8');
  });

  test('nor chunks without their end', async () => {
    const server = await up(
      serveBytes((socket) =>
        socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n8\r\n{"a":1}\n\r\n'),
      ),
    );
    expect(await brokenBy(open(server.origin))).toContain('at byte 8');
  });

  test('nor one that brings nothing for 30 s', async () => {
    const server = await up(
      serve((_request, response) => {
        response.writeHead(200, { 'content-length': 20 });
        response.write('{"a":1}\n');
      }),
    );
    const opening = await open(server.origin);
    if (opening.kind !== 'body') throw new Error('not opened');
    const body = opening.body[Symbol.asyncIterator]();
    expect((await body.next()).done).toBe(false);
    const next = body.next();
    await clock.limited();
    clock.expire();
    await expect(next).rejects.toThrow(/nothing came for 30 s/);
  });

  test('one that nobody reads for a while is not idle', async () => {
    const server = await up(serve(files(() => null)));
    const opening = await open(server.origin);
    if (opening.kind !== 'body') throw new Error('not opened');
    const chunks: Uint8Array[] = [];
    for await (const chunk of opening.body) {
      clock.expire();
      await clock.turn();
      chunks.push(chunk);
    }
    expect(sha256(Buffer.concat(chunks))).toBe(sha256(FILE));
  });

  test('stopped in the middle: broken, and not mended', async () => {
    const stop = new AbortController();
    const server = await up(serve(files(() => 100_000)));
    const opening = await open(server.origin, undefined, stop.signal);
    if (opening.kind !== 'body') throw new Error('not opened');
    const read = async (): Promise<void> => {
      for await (const chunk of opening.body) if (chunk.length > 0) stop.abort();
    };
    await expect(read()).rejects.toThrow('the download was stopped');
    expect(server.requests).toHaveLength(1);
  });

  test('left by its reader: the connection ends', async () => {
    const closing = Promise.withResolvers<boolean>();
    const server = await up(
      serve((request, response) => {
        request.socket.on('close', () => closing.resolve(true));
        response.writeHead(200, { 'content-length': FILE.length });
        response.write(FILE.subarray(0, 1_000));
      }),
    );
    const opening = await open(server.origin);
    if (opening.kind !== 'body') throw new Error('not opened');
    for await (const chunk of opening.body) if (chunk.length > 0) break;
    expect(await closing.promise).toBe(true);
  });
});

/** A server that redirects everything. */
function to(location: string, status = 302): Promise<TestServer> {
  return up(serve((_request, response) => response.writeHead(status, { location }).end()));
}

/** A server that redirects so many times before it serves FILE. */
function hops(most: number): Promise<TestServer> {
  return up(
    serve((request, response, count) =>
      count <= most
        ? response.writeHead(302, { location: `/hop-${count}` }).end()
        : files(() => null)(request, response, count),
    ),
  );
}

/** The first answer breaks off at byte 50,000 of FILE, the later ones are the test's. */
function broken(then: (response: ServerResponse) => void) {
  return (request: IncomingMessage, response: ServerResponse, count: number): void => {
    if (count > 1) {
      then(response);
      return;
    }
    files(() => 50_000)(request, response, count);
  };
}

function part(response: ServerResponse, start: number, total: number, etag: string | null): void {
  response.writeHead(206, {
    'content-range': `bytes ${start}-${FILE.length - 1}/${total}`,
    ...(etag === null ? {} : { etag }),
  });
  response.end(FILE.subarray(start));
}

test('no link, host or signature in what is said or traced', async () => {
  const server = await up(serve(files((count) => (count === 1 ? 100_000 : 0))));
  const redirecting = await up(
    serve((_request, response) => response.writeHead(302, { location: 'file:///etc' }).end()),
  );
  const said = [
    await brokenBy(open(server.origin)),
    JSON.stringify(await open(redirecting.origin)),
    JSON.stringify(await open(await deadOrigin())),
    JSON.stringify(await open('http://no-such-host.invalid')),
    JSON.stringify(await open('https://127.0.0.1:1', 'https://api.example')),
    ...lines,
  ].join('\n');
  expect(said).toContain('the download link');
  expect(said).not.toMatch(/127\.0\.0\.1|s1gn3d|Amz|exports|no-such-host|etc|:\/\//);
});
