import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { store, tempFolder } from '../stage.ts';

const LIMIT = 10_000;

async function cut(text: string, countMessages = true): Promise<unknown> {
  const stored = await store(join(tempFolder(), 'b'), text, { countMessages });
  return stored.kind === 'stored' ? stored.cut : stored.error;
}

/** So many lines, made by number. */
function lines(count: number, line: string): string {
  return `${line}\n`.repeat(count);
}

const USER = '{"type":"user","id":"ada"}\n';

describe.each([
  ['type message', '{"type":"message","text":"hello"}'],
  ['type messages', '{"id":1,"type":"messages"}'],
  ['type message.new', '{"nested":{"type":"user"},"type":"message.new"}'],
  ["a message's own type", '{"id":"1","text":"type","type":"regular","user":{"id":"ada"}}'],
  ['a message object', '{"message":{"type":"x","text":"hello"}}'],
  ['a list of one message', '{"messages":[{"text":"hello"}]}'],
  ['a type after a message', '{"message":{"text":"hello"},"type":"message"}'],
])('%s', (_name, message) => {
  it('is one message', async () => {
    expect(await cut(USER + lines(LIMIT - 1, message))).toBe(false);
    expect(await cut(USER + lines(LIMIT, message))).toBe(true);
  });
  it('is one message in a list at the top', async () => {
    expect(await cut(`[${USER}${`,${message}`.repeat(LIMIT - 1)}]`)).toBe(false);
    expect(await cut(`[${USER}${`,${message}`.repeat(LIMIT)}]`)).toBe(true);
  });
});

describe('what is no message', () => {
  it.each([
    ['other types', '{"type":"reaction","text":"message","score":1}'],
    ['a text about messages', '{"type":"user","text":"type message","message":"no"}'],
    ['a key deeper down', '{"user":{"type":"message","message":{},"messages":[1,2]}}'],
    ['a list of a message', '{"message":[1],"user":1}'],
  ])('%s', async (_name, line) => {
    expect(await cut(lines(LIMIT + 1, line))).toBe(false);
  });
});

it('counts the messages of one document', async () => {
  const few = '{"text":"x"},'.repeat(LIMIT - 2);
  expect(await cut(`{"user":{"id":"ada"},"messages":[${few}{}],"reactions":[{}]}`)).toBe(false);
  expect(await cut(`{"user":{"id":"ada"},"messages":[${few}{},{}],"reactions":[{}]}`)).toBe(true);
});

describe('lines that nobody recognises', () => {
  it('may hide that the file is cut', async () => {
    expect(await cut(lines(LIMIT - 1, '{"kind":"m"}'))).toBe(false);
    expect(await cut(lines(LIMIT, '{"kind":"m"}'))).toBe(true);
    expect(await cut(lines(LIMIT, '[1]'))).toBe(true);
  });
  it('do not where one is recognised', async () => {
    expect(await cut(lines(LIMIT, '{"kind":"m"}') + USER)).toBe(false);
    expect(await cut('{"member":{}}\n' + lines(LIMIT, '{"kind":"m"}'))).toBe(false);
  });
});

it('says nothing where it was not asked', async () => {
  expect(await cut(lines(LIMIT, '{"type":"message"}'), false)).toBe(false);
});
