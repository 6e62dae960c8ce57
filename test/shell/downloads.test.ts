import { statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { DownloadBroken } from '../../src/errors.ts';
import { storeArtifact } from '../../src/files/artifact.ts';
import type { Clock } from '../../src/host/host.ts';
import { readBody } from '../../src/http/file-request.ts';
import { redirectFault } from '../../src/http/redirect-policy.ts';
import { Secret } from '../../src/secret.ts';
import { QUIET, body, codeOf, listing, target, tempFolder } from '../files/stage.ts';
import { serveBytes } from '../http/server.ts';
import { never } from '../providers/stage.ts';
import { type Adapters, adapters, downloadOf } from './adapters.ts';
import { canMount, smallDisk } from './small-disk.ts';

const mounts = canMount();

/** Adapters whose task is done, with a link to a path of the same server, which answers it so. */
function linking(path: string, file: Parameters<typeof adapters>[0]): Promise<Adapters> {
  return adapters((request, response, count) => {
    if (!request.url?.startsWith('/api/')) return file(request, response, count);
    const url = `http://${request.headers.host}${path}`;
    return response.end(JSON.stringify({ task_id: 'T', status: 'completed', result: { url } }));
  });
}

describe('an address in other clothes', () => {
  test.each([
    ['NAT64', 'https://[64:ff9b::169.254.169.254]/'],
    ['local NAT64', 'https://[64:ff9b:1::a9fe:a9fe]/'],
    ['IPv4-compatible', 'https://[::169.254.169.254]/'],
    ['IPv4-translated', 'https://[::ffff:0:169.254.169.254]/'],
    ['IPv4-mapped', 'https://[::ffff:a9fe:a9fe]/'],
    ['6to4', 'https://[2002:a9fe:a9fe::1]/'],
    ['site-local', 'https://[fec0::1]/'],
    ['metadata of AWS over IPv6', 'https://[fd00:ec2::254]/'],
    ['metadata of Alibaba', 'https://100.100.100.200/'],
    ['metadata of Oracle', 'https://192.0.0.192/'],
    ['metadata of Google by name', 'https://metadata.google.internal/'],
    ['a decimal number', 'https://2852039166/'],
    ['hexadecimal', 'https://0xa9fea9fe/'],
    ['octal', 'https://0251.0376.0251.0376/'],
    ['full-width digits', 'https://１６９.254.169.254/'],
    ['a dot behind', 'https://169.254.169.254./'],
    ['for tests', 'https://198.18.0.1/'],
    ['to many', 'https://224.0.0.1/'],
    ['to all', 'https://255.255.255.255/'],
    ['a name of one label', 'https://vault/'],
    ['a name of the local network', 'https://printer.local./'],
  ])('%s: %s', (_, to) => {
    const from = new URL('https://chat.stream-io-api.com');
    expect(redirectFault(from, new URL(to))).toBe('it leads into a private network');
  });

  test('what is public stays public', () => {
    for (const to of [
      'https://[2a03:2880::1]/',
      'https://internal.example.com/',
      'https://9.9.9.9/',
    ]) {
      expect(redirectFault(new URL('https://chat.stream-io-api.com'), new URL(to))).toBeNull();
    }
  });
});

describe('names of the provider', () => {
  test.each([
    '/..%2f..%2fowned.sh?filename=../../owned.sh',
    '/a/../../owned.sh',
    '/%00owned.sh#/owned.sh',
    '/C:%5Cowned.sh',
  ])('%s names no file', async (path) => {
    const { stream } = await linking(path, (_, response) => {
      response.writeHead(200, {
        'content-disposition': `attachment; filename="../owned.sh"; filename*=UTF-8''..%2Fowned.sh`,
        'content-type': 'application/x-sh; name=owned.sh',
        'content-length': 9,
      });
      response.end('{"a":[1]}');
    });
    const opened = await (await downloadOf(stream, 'export_feeds')).open(never);
    if (opened.kind !== 'body') throw new Error(opened.kind);
    const folder = tempFolder();
    await storeArtifact(target(join(folder, 'b')), opened.body, opened.bytes, never);
    expect(listing(folder)).toEqual(['b', 'b/stream', 'b/stream/users.jsonl']);
  });
});

describe('a file that comes packed', () => {
  test.each(['gzip', 'br', 'GZIP, identity', 'x-bomb'])('as %s is not taken', async (encoding) => {
    const { stream } = await linking('/file', (_, response) => {
      const bomb = gzipSync(Buffer.alloc(32 * 1024 * 1024, '\n'));
      response.writeHead(200, { 'content-encoding': encoding, 'content-length': bomb.length });
      response.end(bomb);
    });
    const opened = await (await downloadOf(stream, 'export_feeds')).open(never);
    expect(opened).toMatchObject({ kind: 'unusable', error: { code: 'unusable_file' } });
  });
});

describe('a length that lies', () => {
  test.each(['-5', 'x', '1e3', '0x10', '99999999999999999999', '5, 6'])('%s', async (length) => {
    const server = await serveBytes((socket, text) => {
      const url = `http://${/host: (\S+)/i.exec(text)?.[1]}/file`;
      const task = JSON.stringify({ task_id: 'T', status: 'completed', result: { url } });
      socket.end(
        text.includes('/api/')
          ? `HTTP/1.1 200 OK\r\ncontent-length: ${task.length}\r\n\r\n${task}`
          : `HTTP/1.1 200 OK\r\ncontent-length: ${length}\r\n\r\n{"a":[]}`,
      );
    });
    const { http } = await adapters(() => undefined);
    const link = new Secret(`${server.origin}/file`);
    const opened = await http.openDownload({ link, provider: 'x', origin: server.origin }, never);
    expect(['unavailable', 'unusable']).toContain(opened.kind);
    await server.close();
  });
});

/** A clock that a body moves by hand. */
function handClock(): Clock & { advance(ms: number): void } {
  let time = 0;
  return {
    now: () => time,
    monotonic: () => time,
    sleep: (_, signal) =>
      new Promise((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true })),
    turn: async () => undefined,
    advance: (ms) => {
      time += ms;
    },
  };
}

/** How many pieces of so many bytes, 29 s apart, are taken before it is given up; `end`: how. */
async function dripped(bytes: number, pieces: number): Promise<{ taken: number; end: string }> {
  const clock = handClock();
  const drips = Readable.from(
    (async function* drip() {
      for (let at = 0; at < pieces; at += 1) {
        clock.advance(29_000);
        yield Buffer.alloc(bytes);
      }
    })(),
    { highWaterMark: 1 },
  );
  const reader = readBody(drips, clock);
  for (let taken = 0; ; taken += 1) {
    const piece = await reader.next();
    if (piece.kind === 'chunk') continue;
    reader.close();
    return { taken, end: piece.kind === 'broken' ? piece.reason : 'end' };
  }
}

describe('a body that drips', () => {
  test('a byte every 29 s is given up after five minutes', async () => {
    const { taken, end } = await dripped(1, 1_000);
    expect(end).toBe('next to nothing came for 300 s');
    expect(taken).toBeLessThan(15);
  });

  test('a slow line is read to its end', async () => {
    expect(await dripped(10_000, 200)).toEqual({ taken: 200, end: 'end' });
  });
});

describe('a file without an end', () => {
  test('announced as larger than the disk is not begun', async () => {
    const bundle = join(tempFolder(), 'b');
    let read = 0;
    async function* lines(): AsyncGenerator<Uint8Array, void, undefined> {
      read += 1;
      yield* body('{}\n');
    }
    await expect(storeArtifact(target(bundle), lines(), 1e15, QUIET)).rejects.toMatchObject({
      fault: 'storage',
      exit: 8,
      message: expect.stringContaining('the disk would be full'),
    });
    expect(read).toBe(0);
    expect(listing(bundle)).toEqual(['stream']);
  });

  test.skipIf(!mounts)('unannounced leaves room on the disk', async () => {
    const disk = smallDisk('320m');
    const bundle = join(disk, 'b');
    const block = Buffer.from(`{"type":"user","id":"${'x'.repeat(1_000)}"}\n`.repeat(1_000));
    let sent = 0;
    async function* endless(): AsyncGenerator<Uint8Array, void, undefined> {
      for (;;) {
        sent += block.length;
        yield block;
      }
    }
    const stored = storeArtifact(target(bundle), endless(), null, QUIET);
    await expect(stored).rejects.toMatchObject({ fault: 'storage' });
    expect(sent).toBeLessThan(130e6);
    expect(listing(bundle)).toEqual(['stream']);
  });
});

describe('a file of a million brackets', () => {
  test.each([
    ['deep', '['.repeat(1_000_000), 'file_too_deep'],
    ['deep objects', '{"a":'.repeat(1_000_000), 'file_too_deep'],
    ['a wide list', `[${'0,'.repeat(8_000_000)}0]`, 'stored'],
    ['one long word', `["${'x'.repeat(16_000_000)}"]`, 'stored'],
    ['a number of megabytes', `[${'9'.repeat(16_000_000)}]`, 'stored'],
    ['two words for a type', `{"type":"${'message'.repeat(1_000_000)}"}`, 'stored'],
  ])('%s', async (_, text, code) => {
    const bundle = join(tempFolder(), 'b');
    const stored = await storeArtifact(target(bundle), body(text), text.length, QUIET);
    expect(codeOf(stored)).toBe(code);
    const left = listing(bundle).filter((name) => name !== 'stream');
    const lengths = left.map((name) => statSync(join(bundle, name)).size);
    expect(lengths).toEqual(code === 'stored' ? [text.length] : []);
  });
});

test('what breaks off is broken, never whole', async () => {
  const { stream } = await linking('/file', (_, response) => {
    response.writeHead(200, { 'content-length': 1_000 });
    response.write('{"a":[]}');
    response.socket?.destroySoon();
  });
  const opened = await (await downloadOf(stream, 'export_feeds')).open(never);
  if (opened.kind !== 'body') throw new Error(opened.kind);
  const bundle = join(tempFolder(), 'b');
  const stored = storeArtifact(target(bundle), opened.body, opened.bytes, never);
  await expect(stored).rejects.toBeInstanceOf(DownloadBroken);
  expect(listing(bundle)).toEqual(['stream']);
});
