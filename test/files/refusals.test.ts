import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { storeArtifact } from '../../src/files/artifact.ts';
import { QUIET, body, codeOf, listing, store, target, tempFolder } from './stage.ts';

const S3 = `<?xml version="1.0" encoding="UTF-8"?>
<Error><Code>AccessDenied</Code><Message>Request has expired https://s3/x?Signature=sEcReT</Message></Error>`;

const NASTY: readonly [name: string, code: string, content: string | Uint8Array, words: RegExp][] =
  [
    ['nothing', 'file_empty', '', /empty/v],
    ['white space', 'file_blank', ' \n\t\r\n ', /white space/v],
    ['a byte order mark alone', 'file_blank', '\uFEFF', /white space/v],
    ['an error in JSON', 'file_error', '{"error":"AccessDenied","message":"expired"}', /error/v],
    ["the API's own error", 'file_error', '{"code":16,"message":"not found"}', /error/v],
    ['a web page', 'file_html', '<!DOCTYPE html><html><body>502</body></html>', /HTML/v],
    ['a web page after blanks', 'file_html', '\uFEFF\r\n  <HTML lang="en">', /HTML/v],
    ['a web page that is XML too', 'file_html', '<?xml version="1.0"?>\n<html xmlns="x">', /HTML/v],
    ['an error of the file store', 'file_xml', S3, /error AccessDenied$/v],
    [
      'XML with a strange code',
      'file_xml',
      '<Error><Code>a b://c</Code></Error>',
      /stores answer$/v,
    ],
    ['gzip', 'file_unknown', Uint8Array.of(0x1f, 0x8b, 8, 0, 0), /but gzip$/v],
    ['plain text', 'file_unknown', 'upstream timed out', /not JSON/v],
    ['plain text that begins like JSON', 'file_unknown', 'not found', /not JSON/v],
    ['a bare null', 'file_unknown', 'null', /no object/v],
    ['a bare number', 'file_unknown', '404\n', /no object/v],
    ['half a word', 'file_unknown', 'tru', /not JSON/v],
    ['UTF-16', 'file_unknown', Buffer.from('\uFEFF{}', 'utf16le'), /not JSON/v],
    ['Latin-1', 'file_not_utf8', Buffer.from('{"a":"é"}', 'latin1'), /UTF-8/v],
    [
      'a surrogate in UTF-8',
      'file_not_utf8',
      Buffer.from('7b2261223a22eda08022 7d'.replace(' ', ''), 'hex'),
      /UTF-8/v,
    ],
    ['cut JSON', 'file_cut', '{"a":[1,2', /middle$/v],
    ['cut in a string', 'file_cut', '{"a":"b', /middle$/v],
    ['cut in a character', 'file_cut', Buffer.from('{"a":"é').subarray(0, -1), /middle$/v],
    ['cut lines', 'file_cut', '{"a":1}\n{"a":2}\n{"a":', /line 3$/v],
    ['cut lines with a line break', 'file_cut', '{"a":1}\n{"a":\n', /middle/v],
    ['a line cut and the next one there', 'file_broken', '{"a":1\n{"b":2}\n', /byte 8$/v],
    [
      'lines that only make sense together',
      'file_broken',
      '{"a":1\n,"b":2}\n{"c":3}\n',
      /not one to a line/v,
    ],
    ['two values on a line', 'file_broken', '{} {}', /byte 4$/v],
    ['a comma between lines', 'file_broken', '{},\n{}', /byte 3$/v],
    ['a comma too many', 'file_broken', '{"a":[1,]}', /byte 9$/v],
    ['a bare control character', 'file_broken', '{"a":"\u0001"}', /byte 7$/v],
    ['a number over two lines', 'file_broken', '[7\n4]', /byte 4$/v],
    ['a leading zero', 'file_broken', '{"a":01}', /byte 7$/v],
    ['an error page after a good start', 'file_broken', '{"a":1}\n<html>', /byte 9$/v],
    ['nothing but brackets', 'file_too_deep', '['.repeat(3_000_000), /deeper than 10000/v],
    ['nothing but objects', 'file_too_deep', '{"a":'.repeat(1_000_000), /deeper than 10000/v],
    ['something like a zip', 'file_zip_corrupt', 'PK\u0003\u0004 and nothing else', /zip/v],
  ];

describe.each(NASTY)('%s', (_name, code, content, words) => {
  it(`is ${code} and leaves nothing`, async () => {
    const bundle = join(tempFolder(), 'b');
    const stored = await store(bundle, content);
    expect(stored).toMatchObject({
      kind: 'bad',
      error: { code, passing: true, providerCode: null, httpStatus: null },
    });
    const message = stored.kind === 'bad' ? stored.error.message : '';
    expect(message).toMatch(words);
    expect(message).not.toMatch(/sEcReT|https?:/v);
    expect(listing(bundle)).toEqual(['stream']);
  });

  it('does not touch what stood there', async () => {
    const bundle = join(tempFolder(), 'b');
    await store(bundle, '{"whole":1}', { prefer: 'json' });
    expect(codeOf(await store(bundle, content))).toBe(code);
    expect(listing(bundle)).toEqual(['stream', 'stream/users.json']);
    expect(readFileSync(join(bundle, 'stream/users.json'), 'utf8')).toBe('{"whole":1}');
  });
});

describe('the length announced', () => {
  it.each([
    ['file_short', '{"a":1}\n', 9, /8 of 9 bytes/v],
    ['file_short', '{"a":', 9, /5 of 9 bytes/v],
    ['file_long', '{"a":1}\n', 7, /longer than the 7 bytes/v],
    ['file_empty', '', 7, /empty/v],
  ] as const)('%s', async (code, content, bytes, words) => {
    const bundle = join(tempFolder(), 'b');
    const stored = await storeArtifact(target(bundle), body(content), bytes, QUIET);
    expect(stored).toMatchObject({ error: { code, message: expect.stringMatching(words) } });
    expect(listing(bundle)).toEqual(['stream']);
  });
});

it('stops reading a body that is no use, and closes it', async () => {
  let asked = 0;
  let closed = false;
  async function* endless(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (;;) {
        asked += 1;
        yield Buffer.alloc(65_536, '<html>');
      }
    } finally {
      closed = true;
    }
  }
  const bundle = join(tempFolder(), 'b');
  expect(codeOf(await storeArtifact(target(bundle), endless(), null, QUIET))).toBe('file_html');
  expect(closed).toBe(true);
  expect(asked).toBeLessThan(100);
});
