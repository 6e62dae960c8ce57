import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { guarded, unguarded } from '../../src/files/csv-guard.ts';
import { prepareResults } from '../../src/files/results-place.ts';
import { writeReceipts, writeResults, type ResultRow } from '../../src/files/results.ts';
import { rowsOf } from './csv-stage.ts';
import { listing, tempFolder } from './stage.ts';

function row(change: Partial<ResultRow> = {}): ResultRow {
  const cells = { user_id: 'ada', reference: 'ZD-1' };
  return { line: 2, requestId: 'req_1', state: 'completed', detail: '', cells, ...change };
}

async function* each<T>(...all: T[]): AsyncGenerator<T> {
  yield* all;
}

async function* broken(): AsyncGenerator<ResultRow> {
  yield row();
  throw new Error('ledger');
}

async function refused(file: string, input: string | null, words: string): Promise<void> {
  await expect(prepareResults(file, input)).rejects.toMatchObject({
    fault: 'usage',
    exit: 2,
    message: expect.stringContaining(words),
    next: expect.stringContaining('Nothing was sent.'),
  });
}

async function written(columns: string[], ...rows: ResultRow[]): Promise<string> {
  const file = join(tempFolder(), 'r.csv');
  await writeResults(await prepareResults(file, null), each(...rows), columns);
  return readFileSync(file, 'utf8');
}

describe('a results file', () => {
  test('begins with our four columns, then those of the roster in their order', async () => {
    const text = await written(
      ['reference', 'user_id'],
      row(),
      row({
        line: 3,
        requestId: null,
        state: 'open',
        detail: 'a, "b"\nc',
        cells: { user_id: 'b' },
      }),
    );
    expect(text).toBe(
      'line,request_id,state,detail,reference,user_id\n2,req_1,completed,,ZD-1,ada\n3,,open,"a, ""b""\nc",,b\n',
    );
  });

  test('quotes cells with any kind of line break', async () => {
    const text = await written(['reference'], row({ cells: { reference: 'a\rb' } }));
    expect(text).toContain(',"a\rb"\n');
  });

  test('has its header even when there is no row', async () => {
    expect(await written(['user_id'])).toBe('line,request_id,state,detail,user_id\n');
  });

  test('is private, durable in its place and replaces what stood there', async () => {
    const folder = tempFolder();
    const file = join(folder, 'r.csv');
    writeFileSync(file, 'before', { mode: 0o644 });
    await writeResults(await prepareResults(file, null), each(row()), ['user_id']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(listing(folder)).toEqual(['r.csv']);
    expect(readFileSync(file, 'utf8')).toContain('ada');
  });

  test('that breaks off leaves what stood there, and nothing else', async () => {
    const folder = tempFolder();
    const file = join(folder, 'r.csv');
    writeFileSync(file, 'before');
    const place = await prepareResults(file, null);
    await expect(writeResults(place, broken(), ['user_id'])).rejects.toThrow('ledger');
    expect(listing(folder)).toEqual(['r.csv']);
    expect(readFileSync(file, 'utf8')).toBe('before');
  });

  test('through a link goes to where the link leads, and the link stays', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'real.csv'), '');
    symlinkSync('real.csv', join(folder, 'r.csv'));
    const place = await prepareResults(join(folder, 'r.csv'), null);
    await writeResults(place, each(row()), ['user_id']);
    expect(readFileSync(join(folder, 'real.csv'), 'utf8')).toContain('ada');
    expect(readFileSync(join(folder, 'r.csv'), 'utf8')).toContain('ada');
  });

  test('a disk that gives way is told with what is safe', async () => {
    const folder = join(tempFolder(), 'gone');
    mkdirSync(folder);
    const place = await prepareResults(join(folder, 'r.csv'), null);
    execFileSync('rm', ['-r', folder]);
    await expect(writeResults(place, each(row()), ['user_id'])).rejects.toMatchObject({
      fault: 'storage',
      message: expect.stringContaining('r.csv'),
      next: expect.stringContaining('run the same command again'),
    });
  });

  test('many rows are written in blocks and read back whole', async () => {
    const rows = Array.from({ length: 5_000 }, (_, at) =>
      row({ line: at + 2, cells: { user_id: `user-${at}`, reference: 'é'.repeat(20) } }),
    );
    const { rows: read } = await rowsOf(await written(['user_id', 'reference'], ...rows));
    expect(read).toHaveLength(5_001);
    expect(read[5_000]).toEqual([
      5_001,
      '5001',
      'req_1',
      'completed',
      '',
      'user-4999',
      'é'.repeat(20),
    ]);
  });

  test('receipts are lines', async () => {
    const file = join(tempFolder(), 'r.jsonl');
    const place = await prepareResults(file, null);
    expect(place.isReceipts).toBe(true);
    await writeReceipts(place, each('{"a":1}', '{"b":2}'));
    expect(readFileSync(file, 'utf8')).toBe('{"a":1}\n{"b":2}\n');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});

describe('cells that a spreadsheet would run', () => {
  test.each([
    ['=1+1', "'=1+1"],
    ['+49', "'+49"],
    ['-x', "'-x"],
    ['@ada', "'@ada"],
    ['\tx', "'\tx"],
    ['\rx', "'\rx"],
    ["'=x", "''=x"],
    ['a=1', 'a=1'],
    ["'a", "'a"],
    ["'", "'"],
    ['', ''],
  ])('%j is written as %j', async (cell, shown) => {
    expect(guarded(cell)).toBe(shown);
    expect(unguarded(shown)).toBe(cell);
    const { rows } = await rowsOf(
      await written(['reference'], row({ cells: { reference: cell } })),
    );
    expect(rows[1]?.[5]).toBe(shown);
  });

  test('our own columns are guarded too', async () => {
    expect(await written([], row({ detail: '=1' }))).toContain(",'=1\n");
  });

  test('every cell comes back as it was', async () => {
    const unit = fc.oneof(
      fc.constantFrom(...Array.from('\'=+-@\t\r\n",; a')),
      fc.string({ unit: 'binary' }),
    );
    const cell = fc
      .string({ unit, maxLength: 8 })
      .filter((text) => !text.includes('\0') && text.isWellFormed());
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell), { maxLength: 5 }), async (table) => {
        const rows = table.map(([reference, id]) => row({ cells: { reference, user_id: id } }));
        const read = await rowsOf(await written(['reference', 'user_id'], ...rows));
        expect(read.stop).toBeNull();
        const back = read.rows.slice(1).map((cells) => cells.slice(5).map(String).map(unguarded));
        expect(back).toEqual(table);
      }),
    );
  });
});

describe('before anything is sent', () => {
  test('a place that cannot take a file is refused, and nothing is made', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'file'), '');
    symlinkSync('nowhere', join(folder, 'dangling'));
    symlinkSync('loop', join(folder, 'loop'));
    await refused(folder, null, 'it is a folder');
    await refused(join(folder, 'no', 'r.csv'), null, 'it is not there');
    await refused(join(folder, 'new/'), null, 'named like a folder');
    await refused(join(folder, 'file', 'r.csv'), null, 'a file stands where a folder should be');
    await refused(join(folder, 'dangling'), null, 'a link that leads nowhere');
    await refused(join(folder, 'loop'), null, 'symbolic link');
    await refused('', null, 'empty');
    expect(listing(folder)).toEqual(['dangling', 'file', 'loop']);
  });

  test('the input itself is refused, by any of its names', async () => {
    const folder = tempFolder();
    const input = join(folder, 'people.csv');
    writeFileSync(input, 'user_id\n');
    symlinkSync('people.csv', join(folder, 'soft.csv'));
    linkSync(input, join(folder, 'hard.csv'));
    mkdirSync(join(folder, 'sub'));
    for (const name of ['people.csv', 'soft.csv', 'hard.csv', 'sub/../people.csv']) {
      await refused(join(folder, name), input, 'the subjects are read from');
    }
    await refused(input, join(folder, 'soft.csv'), 'the subjects are read from');
    await expect(prepareResults(join(folder, 'r.csv'), input)).resolves.toMatchObject({
      into: 'file',
    });
    // An input that is not there is for its reader to tell.
    await expect(prepareResults(input, join(folder, 'none'))).resolves.toBeDefined();
  });

  test('a device takes rows as they come, and stays what it is', async () => {
    const place = await prepareResults('/dev/null', null);
    expect(place.into).toBe('stream');
    await writeResults(place, each(row()), ['user_id']);
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
    expect(await prepareResults('/dev/null', '/dev/null')).toEqual(place);
  });

  test('a pipe takes them too', async () => {
    const path = join(tempFolder(), 'pipe');
    execFileSync('mkfifo', [path]);
    const place = await prepareResults(path, null);
    const [text] = await Promise.all([
      readFile(path, 'utf8'),
      writeResults(place, each(row()), ['user_id']),
    ]);
    expect(text).toBe('line,request_id,state,detail,user_id\n2,req_1,completed,,ada\n');
    expect(statSync(path).isFIFO()).toBe(true);
  });

  test('standard output is written on, even where it leads to a file', async () => {
    const out = join(tempFolder(), 'out.txt');
    const code = `
      const { prepareResults } = await import(${JSON.stringify(join(import.meta.dirname, '../../src/files/results-place.ts'))});
      const { writeReceipts } = await import(${JSON.stringify(join(import.meta.dirname, '../../src/files/results.ts'))});
      const place = await prepareResults('/dev/stdout', '-');
      await writeReceipts(place, (async function* () { yield '{}'; })());`;
    execFileSync('sh', [
      '-c',
      'printf "before\\n" > "$0"; exec "$1" --input-type=module -e "$2" >> "$0"',
      out,
      process.execPath,
      code,
    ]);
    expect(readFileSync(out, 'utf8')).toBe('before\n{}\n');
  });

  test('the file behind standard input is refused', () => {
    const file = join(tempFolder(), 'people.csv');
    writeFileSync(file, 'user_id\n');
    const code = `
      const { prepareResults } = await import(${JSON.stringify(join(import.meta.dirname, '../../src/files/results-place.ts'))});
      console.log(await prepareResults(process.argv[1], '-').catch(({ fault }) => fault));`;
    const out = execFileSync(
      'sh',
      ['-c', 'exec "$1" --input-type=module -e "$2" "$0" < "$0"', file, process.execPath, code],
      { encoding: 'utf8' },
    );
    expect(out).toBe('usage\n');
  });
});
