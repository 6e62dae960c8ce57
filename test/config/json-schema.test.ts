import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import * as z from 'zod';
import { fileSchema } from '../../src/config/schema.ts';

const FILE = join(import.meta.dirname, '../../src/config/gdpr.schema.json');

const schema = z.toJSONSchema(fileSchema({ project: false, readable: false }), {
  io: 'input',
  target: 'draft-7',
});

test('the schema for editors is the one that reads files (npx vitest run -u writes it anew)', async () => {
  const text = JSON.stringify({ title: 'Configuration of gdpr', ...schema }, null, 2);
  await expect(`${text}\n`).toMatchFileSnapshot(FILE);
});

describe('what an editor underlines', () => {
  const shape = z.fromJSONSchema({ ...schema, $schema: 'http://json-schema.org/draft-07/schema#' });
  const accepts = (stream: object): boolean =>
    shape.safeParse({ profiles: { p: { stream } } }).success;

  it.each([
    { env: 'STREAM_API_SECRET' },
    { file: 'secrets/stream' },
    { command: ['op', 'read', 'op://privacy/stream/secret'] },
    'plain',
  ])('not the secret %j', (apiSecret) => {
    expect(accepts({ apiKey: 'abc', apiSecret, products: ['feeds'] })).toBe(true);
  });

  it.each([
    { apiKey: 'abc' },
    { apiKey: 'abc', apiSecret: {} },
    { apiKey: 'abc', apiSecret: { environment: 'X' } },
    { apiKey: 'abc', apiSecret: { env: 'X', file: 'y' } },
    { apiKey: 'abc', apiSecret: { command: 'op read' } },
    { apiKey: 'abc', apiSecret: { env: 'X' }, product: ['feeds'] },
    { apiKey: 'abc', apiSecret: { env: 'X' }, products: ['mail'] },
    { apiKey: 123, apiSecret: { env: 'X' } },
  ])('but %j', (stream) => {
    expect(accepts(stream)).toBe(false);
  });

  it('and neither the reference to the schema itself', () => {
    expect(shape.safeParse({ $schema: './gdpr.schema.json', profile: 'p' }).success).toBe(true);
  });
});
