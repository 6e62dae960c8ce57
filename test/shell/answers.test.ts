import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { never } from '../providers/stage.ts';
import { adapters, always, outgoing, questions, running } from './adapters.ts';
import { OBEYED, textsIn } from './hostile.ts';

/** Asks everything and answers with what came, by question; nothing may be thrown. */
async function askAll(world: Awaited<ReturnType<typeof always>>): Promise<Map<string, unknown>> {
  const answers = new Map<string, unknown>();
  for (const [name, ask] of questions(world)) answers.set(name, await ask());
  for (const text of textsIn(answers)) {
    expect(text).not.toMatch(OBEYED);
    expect(text.length).toBeLessThan(1_000);
  }
  return answers;
}

/** The kinds of all answers, those about several calls each for itself. */
function kindsOf(answers: ReadonlyMap<string, unknown>): string[] {
  const inside = [...answers.values()].flatMap((each) =>
    each instanceof Map ? [...each.values()] : [each],
  );
  return inside.flatMap((each) =>
    typeof each === 'object' && each !== null && 'kind' in each ? [String(each.kind)] : [],
  );
}

const deep = (open: string, inner: string, close: string): string =>
  `${open.repeat(1_000_000)}${inner}${close.repeat(1_000_000)}`;
const LIST = deep('[', '', ']');
const OBJECT = deep('{"a":', '1', '}');
const many = (item: string, count: number): string => Array(count).fill(item).join(',');

/** What came, whom it was asked of, and the words about it; null: it is read as far as it matters. */
const HUGE: readonly [string, string, string, RegExp | null][] = [
  ['a list a million deep', LIST, 'lookup stream', /the whole answer/],
  ['an object a million deep', OBJECT, 'lookup sendbird', /users/],
  ['the same', OBJECT, 'submit access', /request_id/],
  [
    'a deep result',
    `{"task_id":"T","status":"completed","result":${OBJECT}}`,
    'collect export_users',
    /no link/,
  ],
  [
    'a deep result of a user',
    `{"task_id":"T","status":"completed","result":{"ada":${OBJECT}}}`,
    'check delete_users',
    /without a word/,
  ],
  [
    'a deep error',
    `{"task_id":"T","status":"failed","error":${LIST}}`,
    'check export_users',
    /nothing about why/,
  ],
  ['a million numbers', `{"users":[${many('0', 1_000_000)}]}`, 'lookup stream', /field users$/],
  ['a million numbers', `{"users":[${many('0', 1_000_000)}]}`, 'lookup sendbird', /field users$/],
  [
    '300,000 users',
    `{"users":[${many('{"user_id":"a"}', 300_000)}]}`,
    'lookup sendbird',
    /field users$/,
  ],
  ['300,000 requests', `{"requests":[${many('{"x":1}', 300_000)}]}`, 'search', /field requests$/],
  [
    'a million users of one',
    `{"requests":[{"user_ids":[${many('0', 1_000_000)}]}]}`,
    'search',
    /requests\.0\.\w+$/,
  ],
  ['the same', `{"request_id":"T","user_ids":[${many('0', 1_000_000)}]}`, 'submit delete', null],
  [
    'a million activities',
    `{"activities":[${many('0', 1_000_000)}]}`,
    'look feeds',
    /field activities$/,
  ],
  [
    '300,000 limits',
    `{"server_side":{${Array.from({ length: 300_000 }, (_, at) => `"${at}":{}`).join(',')}}}`,
    'limits',
    null,
  ],
];

describe('an answer that is too much', () => {
  test.each(HUGE)('%s: %#', async (_, text, question, words) => {
    const [, ask] = questions(await always(text)).find(([name]) => name === question) ?? [];
    const answer = await ask?.();
    const texts = textsIn(answer);
    for (const each of texts) expect(each.length).toBeLessThan(1_000);
    expect(answer).toBeDefined();
    expect(words === null || texts.some((each) => words.test(each))).toBe(true);
  });

  test('a word of eight million letters is cut', async () => {
    const message = 'x '.repeat(4_000_000);
    const kinds = kindsOf(
      await askAll(await always(JSON.stringify({ code: 4, message }), { status: 400 })),
    );
    expect(kinds).toContain('refused');
  });

  test.each([200, 400, 404, 500])(
    'without an end, status %i: it is cut at 8 MiB',
    async (status) => {
      let sent = 0;
      const piece = Buffer.alloc(1024 * 1024, '[');
      const world = await adapters((_, response) => {
        response.writeHead(status);
        const more = (): void => {
          while (!response.destroyed && response.write(piece)) sent += piece.length;
          sent += piece.length;
        };
        response.on('drain', more);
        more();
      });
      const kinds = kindsOf(await askAll(world));
      expect(new Set(kinds)).toEqual(new Set(['lost', 'unavailable']));
      // What was on its way in the buffers of both sides is more than what was taken.
      expect(sent / world.server.requests.length / piece.length).toBeLessThan(40);
    },
  );

  test.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
  ])('packed as %s it is not unpacked, and was not asked for so', async (encoding, pack) => {
    const bomb = pack(Buffer.alloc(64 * 1024 * 1024, ' '));
    const world = await always(bomb, { headers: { 'content-encoding': encoding } });
    const kinds = kindsOf(await askAll(world));
    for (const kind of kinds) expect(['lost', 'unavailable', 'unreadable', 'done']).toContain(kind);
    for (const each of world.server.headers) expect(each['accept-encoding']).toBe('identity');
  });
});

describe('an answer that comes slowly', () => {
  test.each(['headers', 'body'])('its %s in drips: it ends with the clock', async (what) => {
    const arrival = Promise.withResolvers<void>();
    const world = await adapters((_, response) => {
      if (what === 'body') response.writeHead(200).write('{"users":[');
      arrival.resolve();
    });
    const asked = world.sendbird.submit(outgoing('access'), never);
    await Promise.all([arrival.promise, world.clock.limited()]);
    world.clock.expire();
    expect(await asked).toMatchObject({ kind: 'lost', error: { code: 'answer_lost' } });
  });
});

const page = (next: string, user: object): string => JSON.stringify({ users: [user], next });

describe('a list that is turned for ever', () => {
  test('ends, and is not held in memory', async () => {
    const world = await adapters((_, response, count) => {
      response.end(
        page(`page-${count}`, { user_id: `stranger-${count}`, junk: 'x'.repeat(10_000) }),
      );
    });
    expect(await world.sendbird.lookup(['ada', 'bob'], never)).toMatchObject({
      kind: 'unavailable',
      error: { code: 'unreadable_answer' },
    });
    expect(world.server.requests.length).toBe(2_000);
  });

  test('a cursor of megabytes is none', async () => {
    const world = await always(
      JSON.stringify({ users: [], requests: [], next: 'x'.repeat(5_000) }),
    );
    expect(await world.sendbird.lookup(['ada', 'bob'], never)).toMatchObject({
      kind: 'unavailable',
      error: { message: expect.stringContaining('next') },
    });
    expect(world.server.requests).toHaveLength(1);
  });
});

const DAY = 86_400_000;

function limited(headers: Record<string, string>): ReturnType<typeof always> {
  const text = '{"error":true,"code":500910,"message":"slow down"}';
  return always(text, { status: 429, headers });
}

describe('headers that lie', () => {
  test.each([
    [{ 'retry-after': '31536000' }],
    [{ 'retry-after': '9'.repeat(40) }],
    [{ 'retry-after': 'Fri, 31 Dec 9999 23:59:59 GMT' }],
    [{ 'retry-after': '-5' }],
    [{ 'retry-after': 'NaN' }],
    [{ 'retry-after': 'Infinity' }],
    [{ 'retry-after': '1e99' }],
    [{ 'x-ratelimit-retryafter': '999999999999999' }],
    [{ 'x-ratelimit-retryafter': '-1' }],
    [{ 'x-ratelimit-limit': '-5', 'x-ratelimit-remaining': '-1', 'x-ratelimit-reset': 'NaN' }],
    [
      {
        'x-ratelimit-limit': '1',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': '9'.repeat(15),
      },
    ],
    [{ 'x-ratelimit-limit': '0', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '0' }],
  ])('about the limit: %j', async (headers) => {
    const world = await limited(headers);
    const { clock, stream, sendbird } = world;
    for (const ask of [
      () => stream.submit(outgoing('export_users'), never),
      () => sendbird.submit(outgoing('access'), never),
    ]) {
      const answer = await ask();
      if (answer.kind !== 'limited') throw new Error(answer.kind);
      const wait = answer.retryAt === null ? 0 : answer.retryAt - clock.now();
      expect(wait).toBeGreaterThanOrEqual(0);
      expect(wait).toBeLessThanOrEqual(DAY);
    }
    // Whatever was told, the lane opens again within a minute.
    for (const turn of [stream.admit('export_users'), sendbird.admit('access')]) {
      expect((turn ?? 0) - clock.now()).toBeLessThanOrEqual(60_000);
    }
    await stream.check([running('export_users')], never);
    expect(clock.pauses.every((pause) => pause >= 0 && pause <= 60_000)).toBe(true);
  });

  test.each(['text/html', 'image/png', '', 'application/json; charset=utf-16', '../../x'])(
    'about the type, %j: the content counts',
    async (type) => {
      const world = await always('{"task_id":"T","status":"running"}', {
        headers: { 'content-type': type },
      });
      expect(await world.stream.check([running('export_users')], never)).toEqual(
        new Map([['call-T', { kind: 'running', status: 'running' }]]),
      );
    },
  );

  test('a length that is not the length: the answer is lost, or none', async () => {
    for (const length of ['1', '999', '-1', 'x', '99999999999999999999']) {
      const { stream } = await adapters((_, response) => {
        response.socket?.end(
          `HTTP/1.1 200 OK\r\ncontent-length: ${length}\r\n\r\n{"task_id":"T","status":"completed"}`,
        );
      });
      const [report] = (await stream.check([running('export_users')], never)).values();
      expect(['unavailable', 'unreadable']).toContain(report?.kind);
    }
  });

  test.each([
    ['a megabyte of them', `x: ${'y'.repeat(1_000_000)}\r\n`],
    ['a hundred thousand', 'x: y\r\n'.repeat(100_000)],
    ['no header at all', 'gibberish\r\n'],
  ])('%s', async (_, lines) => {
    const { stream } = await adapters((_request, response) => {
      response.socket?.on('error', () => undefined);
      response.socket?.end(`HTTP/1.1 200 OK\r\n${lines}content-length: 2\r\n\r\n{}`);
    });
    const [report] = (await stream.check([running('export_users')], never)).values();
    expect(report?.kind).toBe('unavailable');
  });
});
