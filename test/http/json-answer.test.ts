import { expect, test } from 'vitest';
import { z } from 'zod';
import { readJson } from '../../src/http/json-answer.ts';

const schema = z.object({ list: z.array(z.object({ id: z.string() })) });

test.each([
  ['{"list":[]}', { kind: 'fits', value: { list: [] } }],
  ['', { kind: 'not_json' }],
  ['{"list":[', { kind: 'not_json' }],
  ['upstream connect error', { kind: 'not_json' }],
  ['null', { kind: 'misfit', field: '(the whole answer)', value: null }],
  ['{"list":1}', { kind: 'misfit', field: 'list', value: { list: 1 } }],
  [
    '{"list":[{"id":"a"},{"id":5}]}',
    { kind: 'misfit', field: 'list.1.id', value: { list: [{ id: 'a' }, { id: 5 }] } },
  ],
])('%j', (text, expected) => {
  expect(readJson(text, schema)).toEqual(expected);
});

test('a name that the other side made up is not repeated', () => {
  const record = z.object({ ok: z.record(z.string(), z.number()) });
  expect(readJson('{"ok":{"ada@example.org":"x"}}', record)).toMatchObject({ field: 'ok.*' });
});
