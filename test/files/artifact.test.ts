import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { storeArtifact } from '../../src/files/artifact.ts';
import { QUIET, body, listing, sha256, store, target, tempFolder } from './stage.ts';
import { zipOf } from './zips.ts';

const LINES = '{"type":"user","id":"ada"}\n\n{"type":"message","text":"é 日本 😀"}\r\n';

function mode(path: string): number {
  return statSync(path).mode & 0o7777;
}

describe('a file that is whole', () => {
  it('stands under its name with its hash, length and number of records', async () => {
    const bundle = join(tempFolder(), 'req_1');
    const stored = await storeArtifact(
      target(bundle),
      body(LINES),
      Buffer.byteLength(LINES),
      QUIET,
    );
    expect(stored).toEqual({
      kind: 'stored',
      artifact: {
        path: 'stream/users.jsonl',
        bytes: Buffer.byteLength(LINES),
        sha256: sha256(LINES),
        format: 'jsonl',
        records: 2,
      },
      cut: false,
      recognised: true,
    });
    expect(readFileSync(join(bundle, 'stream/users.jsonl'), 'utf8')).toBe(LINES);
    expect(listing(bundle)).toEqual(['stream', 'stream/users.jsonl']);
  });

  it('is for its owner alone, whatever the folders were before', async () => {
    const bundle = join(tempFolder(), 'req_1');
    mkdirSync(bundle);
    chmodSync(bundle, 0o755);
    await store(bundle, LINES);
    expect(mode(bundle)).toBe(0o700);
    expect(mode(join(bundle, 'stream'))).toBe(0o700);
    expect(mode(join(bundle, 'stream/users.jsonl'))).toBe(0o600);
  });

  it.each([
    ['one document', '{"a":1}', 'json', 'json', 0],
    [
      'one document over lines',
      '{\n "a": [1,\n 2],\n "b": [[3]], "c": {"d": [9, 9]}\n}\n',
      'jsonl',
      'json',
      3,
    ],
    ['a list', ' [1, [2, 3], {"a": [4]}]', 'json', 'json', 3],
    ['one line where lines are expected', '{"a":[1,2]}\n', 'jsonl', 'jsonl', 1],
    ['lines where a document is expected', '{"a":1}\n{"a":2}\n', 'json', 'jsonl', 2],
    ['lines without a last line break', '{"a":1}\n[2]\n3', 'json', 'jsonl', 3],
    ['a byte order mark', '\uFEFF{"a":[1]}', 'json', 'json', 1],
    ['a byte order mark before lines', '\uFEFF{"a":1}\n{"a":2}', 'json', 'jsonl', 2],
  ] as const)('%s', async (_name, content, prefer, format, records) => {
    const stored = await store(join(tempFolder(), 'b'), content, { prefer });
    expect(stored).toMatchObject({ artifact: { format, records, path: `stream/users.${format}` } });
  });

  it('is a zip by what it holds, and counts its files', async () => {
    const zip = await zipOf({ 'user.json': '{}', 'channels/': '', 'channels/a.json': '[]' });
    const stored = await store(join(tempFolder(), 'b'), zip, { path: 'access', prefer: 'json' });
    expect(stored).toMatchObject({
      artifact: { format: 'zip', records: 2, path: 'access.zip', sha256: sha256(zip) },
    });
  });

  it('takes the place of what an earlier try left, under whatever extension', async () => {
    const bundle = join(tempFolder(), 'b');
    await store(bundle, '{"old":true}', { prefer: 'json' });
    writeFileSync(
      join(bundle, 'stream/.users.0f0e0d0c-0b0a-4908-8706-050403020100.part'),
      'left by a crash',
    );
    writeFileSync(join(bundle, 'stream/feeds.json'), '{}');
    await store(bundle, LINES);
    await store(bundle, LINES);
    expect(listing(bundle)).toEqual(['stream', 'stream/feeds.json', 'stream/users.jsonl']);
    expect(readFileSync(join(bundle, 'stream/users.jsonl'), 'utf8')).toBe(LINES);
  });
});
