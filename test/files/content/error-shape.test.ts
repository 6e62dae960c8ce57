import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ArtifactTarget } from '../../../src/files/artifact.ts';
import { codeOf, listing, store, tempFolder } from '../stage.ts';
import { zipOf } from '../zips.ts';

const FEEDS = {
  path: 'stream/feeds',
  prefer: 'json',
  countMessages: false,
  mayBeEmpty: true,
} as const;
const USERS = {
  path: 'stream/users',
  prefer: 'jsonl',
  countMessages: true,
  mayBeEmpty: false,
} as const;
const ACCESS = {
  path: 'sendbird/access',
  prefer: 'zip',
  countMessages: false,
  mayBeEmpty: false,
} as const;

/** What becomes of a file: refused with a code, kept, or kept and not recognised. */
async function verdict(text: string | Uint8Array, place: Partial<ArtifactTarget>): Promise<string> {
  const bundle = join(tempFolder(), 'b');
  const stored = await store(bundle, text, place);
  const code = codeOf(stored);
  expect(listing(bundle).length).toBe(code === 'stored' ? 2 : 1);
  return stored.kind === 'stored' ? (stored.recognised ? 'known' : 'unknown') : code;
}

/** Errors as providers, gateways, frameworks and clouds write them. */
const ERRORS: readonly Record<string, unknown>[] = [
  { message: 'Internal Server Error' },
  { Message: 'User is not authorized', Type: 'User' },
  { message: ['name must be a string'], error: 'Bad Request', statusCode: 400 },
  { msg: 'boom' },
  { error: 'AccessDenied' },
  { error: true, code: 400_201, message: '"User" not found.' },
  { error: { code: 503, message: 'backend', errors: [{ domain: 'global', reason: 'backend' }] } },
  { error: 'invalid_grant', error_description: 'expired', error_uri: 'https://x.test' },
  { errors: [{ message: 'x', path: ['user'], extensions: { code: 'INTERNAL' } }], data: null },
  { errors: { user: ['is invalid'] } },
  { errorMessages: ['no such file'], errors: {} },
  { errorType: 'Runtime', errorMessage: 'Task timed out after 3 s', stackTrace: ['a', 'b'] },
  { non_field_errors: ['nope'] },
  { fault: { faultstring: 'Spike arrest', detail: { errorcode: 'policies.ratelimit' } } },
  { exception: 'NullPointerException', trace: 'at a.b' },
  { statusCode: 500 },
  { StatusCode: 401, code: 5, message: 'denied', duration: '1ms', more_info: 'x', details: [] },
  {
    code: -1,
    message: 'GetTask failed with error: "internal"',
    StatusCode: 500,
    duration: '0.2ms',
    more_info: 'https://getstream.io/chat/docs/api_errors_response',
    details: [4, 5],
    exception_fields: { user_id: 'unknown' },
    unrecoverable: true,
  },
  { type: 'about:blank', title: 'Not Found', status: 404, detail: 'gone', instance: '/x/1' },
  { title: 'Service Unavailable', status: '503' },
  { status: 'error', message: 'try later', data: {} },
  { status: 'FAILED', reason: 'quota' },
  { timestamp: '2026-11-29T00:00:00Z', status: 500, error: 'x', path: '/export', trace: 'at' },
  { success: false },
  { ok: false, error: 'ratelimited' },
  { success: false, result: null, messages: [], errors: [{ code: 1000, message: 'x' }] },
  { detail: 'Not found.' },
  { detail: [{ loc: ['path', 'id'], msg: 'bad', type: 'value_error' }] },
  { jsonrpc: '2.0', id: 1, error: { code: -32_000, message: 'x' } },
  { __type: 'com.amazonaws#AccessDeniedException', message: 'no' },
  { Error: { Code: 'AccessDenied', Message: 'Request has expired' }, RequestId: 'A1' },
  { Response: { Error: { Code: 'AuthFailure', Message: 'x' }, RequestId: 'A1' } },
  { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: 'x', code: 404 },
  { message: 'Not Found', documentation_url: 'https://x.test', status: '404' },
  { error: 'user not found', user_id: 'ada', user: 'ada' },
  { code: 16, message: 'not found', id: 'ada' },
  { message: 'no upstream', request_id: 'f00' },
  { message: { code: 5, message: 'nested' } },
  { error: { id: 'e1', user: { id: 'ada' }, text: 'x' } },
  { messages: ['Internal Server Error'] },
];

describe.each(ERRORS.map((error) => [JSON.stringify(error), error] as const))('%s', (_, error) => {
  const document = JSON.stringify(error);
  test.each([
    ['alone', document],
    ['over lines', JSON.stringify(error, null, 2)],
    ['in a list', `[${document}]`],
    ['as lines', `${document}\n${document}\n`],
    ['behind a byte order mark', `\uFEFF ${document}\r\n`],
    ['with nothing beside it', `${document}\n{}\n[]\n`],
  ])('%s is refused and leaves nothing', async (_name, text) => {
    expect(await verdict(text, FEEDS)).toBe('file_error');
    expect(await verdict(text, USERS)).toBe('file_error');
  });
  test('is no zip', async () => {
    expect(await verdict(document, ACCESS)).toBe('file_error');
  });
});

test('an error of many blocks is one', async () => {
  const document = JSON.stringify({ error: 'x', stack: 'at a.b\n'.repeat(100_000) });
  expect(await verdict(document, USERS)).toBe('file_error');
});

test.each([
  '{}',
  '[]',
  '[{}]',
  '[null]',
  '{}\n{}\n',
  '{"data":[]}',
  '{"user":null}',
  '{"results":[],"next":"","total":0,"duration":"1ms"}',
])('%s holds nothing, where the account is due', async (text) => {
  expect(await verdict(text, USERS)).toBe('file_no_data');
  expect(await verdict(text, FEEDS)).toBe('file_no_data');
});

test('lists that are named and empty: fine of feeds, too little of users', async () => {
  for (const text of ['{"activities":[],"follows":[]}', '{"activities":null,"feeds":null}']) {
    expect(await verdict(text, FEEDS)).toBe('known');
    expect(await verdict(text, USERS)).toBe('file_no_data');
  }
  expect(await verdict('{"activities":[],"errors":[]}', FEEDS)).toBe('known');
});

test('Sendbird gives a zip, or it is none', async () => {
  for (const text of ['{"user":{"user_id":"ada","nickname":"Ada"}}', '[]', ' \n', '{"a":1}\n{']) {
    expect(await verdict(text, ACCESS)).toBe('file_not_zip');
  }
  expect(await verdict(await zipOf({ 'ada.json': '{}' }), ACCESS)).toBe('known');
  expect(await verdict(await zipOf({ 'README.txt': 'x' }), ACCESS)).toBe('unknown');
  expect(await verdict(await zipOf({ 'ada.json': '{}' }), FEEDS)).toBe('unknown');
});

test.each([
  '{"hello":"world"}',
  '[1,2,3]',
  '["Internal Server Error"]',
  '{"status":"ok"}',
  '{"title":"Notes"}',
  '{"id":"x","message":"who knows"}',
  '{"message":"hello","user_id":"ada"}',
  '{"message":"hello","user":"ada"}',
  '{"ошибка":"сервер"}',
  '{"task_id":"t","status":"pending","created_at":1,"result":{"url":"https://x.test"}}',
  '{"items":[{"x":1}],"error":"half"}',
  '{"x":[{"user":1},{"y":2}]}',
  '{"a":{"b":{"c":{"user":{"id":"ada"}}}}}',
])('%s is kept and not recognised', async (text) => {
  expect(await verdict(text, FEEDS)).toBe('unknown');
  expect(await verdict(text, USERS)).toBe('unknown');
});

test.each([
  ['the import format', '{"type":"user","data":{"id":"ada"}}\n{"type":"message","data":{}}\n'],
  ['an envelope', '{"data":{"activities":[{"id":"1"}]},"duration":"1ms"}'],
  ['a list', '[{"user":{"id":"ada"}},{"message":{"text":"hello"}}]'],
  ['bare rows', '{"id":"ada","role":"user","name":"Ada","created_at":"2026-01-01"}\n'],
  ['a message of an error', '{"type":"message","message":"Internal Server Error"}'],
  ['only a message', '{"message":{"text":"error"}}'],
  ['a person of few words', '{"user":{"id":"ada","name":"Ada","message":"gone fishing"}}'],
  ['errors beside data', '{"user":{"id":"ada"},"errors":[{"message":"one part is missing"}]}'],
  ['a status beside data', '{"status":"error","code":500,"activities":[{"id":"a"}]}'],
])('%s is known', async (_, text) => {
  expect(await verdict(text, FEEDS)).toBe('known');
  expect(await verdict(text, USERS)).toBe('known');
});

/** What errors say, as fields of somebody's data. */
const WORDS = fc.record(
  {
    message: fc.string(),
    error: fc.oneof(fc.string(), fc.boolean(), fc.object()),
    errors: fc.array(fc.string()),
    code: fc.integer(),
    status: fc.constantFrom('error', 500, 'active'),
    statusCode: fc.integer(),
    detail: fc.string(),
    title: fc.string(),
    fault: fc.string(),
    success: fc.boolean(),
  },
  { requiredKeys: [] },
);
const WHO = fc.constant({ id: 'ada', name: 'Ada', created_at: '2026-01-01T00:00:00Z' });
const FACT = fc.oneof(
  fc.record({ type: fc.constantFrom('user', 'message', 'reaction', 'activity', 'regular') }),
  fc.record({ user: WHO }),
  fc.record({ activities: fc.array(WHO, { minLength: 1 }) }),
  fc.record({ text: fc.string({ minLength: 1 }), created_at: fc.string({ minLength: 1 }) }),
  fc.record({ data: fc.record({ role: fc.constant('user'), custom: fc.object() }) }),
);
const ENTITY = fc.tuple(WORDS, FACT).map(([words, fact]) => ({ ...words, ...fact }));

describe('what holds data is never taken for an error', () => {
  test('whatever else it says, in lines, in a list or alone', async () => {
    await fc.assert(
      fc.asyncProperty(
        ENTITY,
        fc.array(fc.oneof(ENTITY, WORDS), { maxLength: 5 }),
        fc.boolean(),
        async (first, others, asList) => {
          const all = [...others, first];
          const text = asList
            ? JSON.stringify(all)
            : all.map((each) => JSON.stringify(each)).join('\n');
          expect(await verdict(text, USERS)).toBe('known');
        },
      ),
      { numRuns: 300 },
    );
  });

  test('and an error with no data beside it never passes for data', async () => {
    const error = fc
      .tuple(WORDS, fc.constantFrom(...ERRORS))
      .map(([words, each]) => ({ ...words, ...each }));
    await fc.assert(
      fc.asyncProperty(fc.array(error, { minLength: 1, maxLength: 5 }), async (all) => {
        const text = all.map((each) => JSON.stringify(each)).join('\n');
        expect(['file_error', 'unknown']).toContain(await verdict(text, USERS));
      }),
      { numRuns: 300 },
    );
  });

  test('whatever the shape: it is judged, and nothing is thrown', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), async (text) => {
        const code = await verdict(text, FEEDS);
        expect(['known', 'unknown', 'file_error', 'file_no_data', 'file_unknown']).toContain(code);
      }),
      { numRuns: 300 },
    );
  });
});
