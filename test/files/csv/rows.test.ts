import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvOf, rowsOf } from '../csv-stage.ts';

describe('what is read', () => {
  test.each([
    ['comma', 'user_id,reference\na,1\n'],
    ['semicolon', 'user_id;reference\na;1\n'],
    ['tab', 'user_id\treference\na\t1\n'],
    ['a byte order mark', '\ufeffuser_id,reference\na,1\n'],
    ['CRLF', 'user_id,reference\r\na,1\r\n'],
    ['lone CR', 'user_id,reference\ra,1\r'],
    ['no line break at the end', 'user_id,reference\na,1'],
    ['everything in quotes', '"user_id","reference"\n"a","1"\n'],
    ['LF after a header with CRLF', 'user_id,reference\r\na,1\n'],
  ])('%s', async (_, text) => {
    for (const piece of [1, 2, 3, 7, 65_536]) {
      expect(await rowsOf(csvOf(text, piece))).toEqual({
        rows: [
          [1, 'user_id', 'reference'],
          [2, 'a', '1'],
        ],
        stop: null,
      });
    }
  });

  test.each([
    ['in the name of another column', 'user_id;x,y,z;reference\na;1;2\n', 3],
    ['in quotes', '"a;b;c",user_id\n1,2\n', 2],
    ['nowhere', 'user_id\na\n', 1],
    ['where no column is known', 'a;b;c\n1;2;3\n', 3],
  ])('the delimiter is found with others %s', async (_, text, width) => {
    const { rows } = await rowsOf(text);
    expect(rows[0]).toHaveLength(width + 1);
  });

  test('nothing but the header decides: other delimiters below it are text', async () => {
    const { rows } = await rowsOf('user_id,note\na,b;c;d\n');
    expect(rows[1]).toEqual([2, 'a', 'b;c;d']);
  });

  test('quotes, line breaks in cells and blank lines, each row with the line where it begins', async () => {
    const text = '\n\nuser_id,x\r\n"a ""b""\r\nc\nd",1\r\n\r\n\r\nb,"\r\n"\nc,3\n\n';
    expect((await rowsOf(text)).rows).toEqual([
      [3, 'user_id', 'x'],
      [4, 'a "b"\r\nc\nd', '1'],
      [9, 'b', '\r\n'],
      [11, 'c', '3'],
    ]);
  });

  test('rows of any length are handed over as they are', async () => {
    expect((await rowsOf('user_id,x\na\nb,1,2\n')).rows.slice(1)).toEqual([
      [2, 'a'],
      [3, 'b', '1', '2'],
    ]);
  });

  test('nothing, and nothing but blank lines, has no rows', async () => {
    for (const text of ['', '\n', '\r\n\r\n', '\ufeff', '\ufeff\n']) {
      expect(await rowsOf(text)).toEqual({ rows: [], stop: null });
    }
  });

  test('every table comes back cell by cell with its lines, however it is cut', async () => {
    const cell = fc.string({
      unit: fc.constantFrom(...Array.from(',;\t"\r\n\'=aé☃😀 ')),
      maxLength: 6,
    });
    const table = fc.array(fc.record({ cells: fc.tuple(cell, cell), blank: fc.nat(2) }), {
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(
        table,
        fc.constantFrom(',', ';', '\t'),
        fc.constantFrom('\n', '\r\n'),
        fc.integer({ min: 1, max: 40 }),
        async (records, delimiter, end, piece) => {
          let text = `user_id${delimiter}reference${end}`;
          const expected: unknown[] = [[1, 'user_id', 'reference']];
          for (const { cells, blank } of records) {
            text += end.repeat(blank);
            expected.push([text.split(/\r\n|\r|\n/v).length, ...cells]);
            text += stringify([cells], {
              delimiter,
              record_delimiter: end,
              quoted_match: /[\r\n]/v,
            });
          }
          expect(await rowsOf(csvOf(Buffer.from(text), piece))).toEqual({
            rows: expected,
            stop: null,
          });
        },
      ),
    );
  });
});

describe('what cannot be read on', () => {
  test.each([
    ['a quote that is never closed', 'user_id\na\n\n"b\nc\n', 4, 'never closed', 2],
    ['a quote inside a cell', 'user_id\na\nb"c"\nd\n', 3, 'inside a cell', 2],
    ['text after a closing quote', 'user_id\na\n"b"c\nd\n', 3, 'follows a closing quote', 2],
  ])('%s', async (_, text, line, words, before) => {
    const { rows, stop } = await rowsOf(text);
    expect(stop?.line).toBe(line);
    expect(stop?.what).toContain(words);
    expect(stop?.what).toContain('was not read');
    expect(rows).toHaveLength(before);
  });

  test.each([
    ['a cell of 10 MB', `user_id\na\n${'x'.repeat(10_000_000)}\n`, 3],
    ['a quote that takes in 10 MB', `user_id\na\n"${'x\n'.repeat(5_000_000)}`, 3],
    ['a header of 10 MB', 'x,'.repeat(5_000_000), 1],
  ])('%s is cut off at 1 MiB', async (_, text, line) => {
    const bytes = Buffer.from(text);
    let asked = 0;
    const source = {
      name: 'wide.csv',
      async *open() {
        for (; asked < bytes.length; asked += 65_536) yield bytes.subarray(asked, asked + 65_536);
      },
    };
    const { stop } = await rowsOf(source);
    expect(stop).toEqual({ line, what: expect.stringContaining('longer than 1 MiB') });
    expect(asked).toBeLessThan(2_200_000);
  });

  test.each([
    ['UTF-16', Buffer.from('\ufeffuser_id\nada\n', 'utf16le')],
    ['UTF-16', Buffer.from('\ufeffuser_id\nada\n', 'utf16le').swap16()],
    ['spreadsheet', Buffer.from('PK\u0003\u0004xxxx')],
    ['.xls', Buffer.from('d0cf11e0a1b11ae1', 'hex')],
    ['gzip', Buffer.from('1f8b0800000000', 'hex')],
    ['PDF', Buffer.from('%PDF-1.7\n')],
  ])('%s is named', async (words, bytes) => {
    for (const piece of [1, 65_536]) {
      const { rows, stop } = await rowsOf(csvOf(bytes, piece));
      expect(stop).toEqual({ line: null, what: expect.stringContaining(words) });
      expect(rows).toEqual([]);
    }
  });

  test('zero bytes, as in UTF-16 without a mark', async () => {
    const { stop } = await rowsOf(Buffer.from('user_id\nada\n', 'utf16le'));
    expect(stop).toEqual({ line: 1, what: expect.stringContaining('UTF-16') });
    const later = await rowsOf('user_id\nada\nb\0b\n');
    expect(later.stop).toEqual({ line: 3, what: expect.stringContaining('zero bytes') });
  });

  test('another encoding, with its line; what stands before is read', async () => {
    const start = 'user_id\nada\nzoë\n\n';
    const bytes = Buffer.concat([Buffer.from(start), Buffer.from('björn\nx\n', 'latin1')]);
    const { rows, stop } = await rowsOf(bytes);
    expect(stop).toEqual({ line: 4, what: expect.stringContaining('Latin-1') });
    expect(rows.slice(1)).toEqual([
      [2, 'ada'],
      [3, 'zoë'],
    ]);
  });

  test('bytes that are not UTF-8 are found wherever blocks end', async () => {
    const good = Buffer.from('user_id\nada\nzoë☃😀\nx\n');
    for (let piece = 1; piece <= good.length; piece += 1) {
      expect((await rowsOf(csvOf(good, piece))).stop).toBeNull();
      const bad = Buffer.concat([good, Buffer.from([0x62, 0xff, 0x0a])]);
      const { stop } = await rowsOf(csvOf(bad, piece));
      expect(stop?.what).toContain('not UTF-8');
    }
  });

  test('a character that is cut off at the end', async () => {
    const { stop } = await rowsOf(Buffer.from('user_id\nada\nzo\u00eb').subarray(0, -1));
    expect(stop).toEqual({ line: 3, what: expect.stringContaining('not UTF-8') });
  });

  test('what the taker of rows throws ends the reading as it is', async () => {
    const thrown = new Error('enough');
    const { readCsv } = await import('../../../src/files/csv/rows.ts');
    const reading = readCsv(
      csvOf('user_id\na\n'),
      [],
      () => {
        throw thrown;
      },
      new AbortController().signal,
    );
    await expect(reading).rejects.toBe(thrown);
  });

  test('an abort ends it with the reason', async () => {
    await expect(rowsOf('user_id\na\n', AbortSignal.abort(130))).rejects.toBe(130);
  });
});
