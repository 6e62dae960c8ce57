import { execFileSync } from 'node:child_process';
import {
  constants,
  linkSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type ResultsPlace, prepareResults } from '../../../src/files/csv/results-place.ts';
import {
  type ResultRow,
  guarded,
  unguarded,
  writeReceipts,
  writeResults,
} from '../../../src/files/csv/results.ts';
import type { Kept } from '../../../src/files/protected-places.ts';
import { rowsOf } from '../csv-stage.ts';
import { listing, tempFolder } from '../stage.ts';

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

/** A row, and then something that happens before the end. */
async function* rowAnd(work: () => void): AsyncGenerator<ResultRow> {
  yield row();
  work();
}

/** A state and a configuration that are nowhere near. */
const KEPT: Kept = {
  state: '/nowhere/state',
  configFolder: '/nowhere/config',
  configFiles: [],
  configNames: ['.gdprrc'],
};

function prepare(
  file: string,
  input: string | null = null,
  cwd = '/',
  kept = KEPT,
): Promise<ResultsPlace> {
  return prepareResults(file, cwd, { input, kept, outDir: null });
}

/** A results file as it begins. */
const OURS = 'line,request_id,state,detail,user_id\n';

function pipeIn(folder: string): string {
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  return path;
}

async function refused(file: string, input: string | null, words: string): Promise<void> {
  await expect(prepare(file, input)).rejects.toMatchObject({
    fault: 'usage',
    exit: 2,
    message: expect.stringContaining(words),
    next: expect.stringContaining('Nothing was sent.'),
  });
}

async function written(columns: string[], ...rows: ResultRow[]): Promise<string> {
  const file = join(tempFolder(), 'r.csv');
  await writeResults(await prepare(file, null), each(...rows), columns);
  return readFileSync(file, 'utf8');
}

describe('a results file', () => {
  test('begins with our four columns, then those of the subject table in their order', async () => {
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
    writeFileSync(file, OURS, { mode: 0o644 });
    await writeResults(await prepare(file, null), each(row()), ['user_id']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(listing(folder)).toEqual(['r.csv']);
    expect(readFileSync(file, 'utf8')).toContain('ada');
  });

  test('that breaks off leaves what stood there, and nothing else', async () => {
    const folder = tempFolder();
    const file = join(folder, 'r.csv');
    writeFileSync(file, OURS);
    const place = await prepare(file, null);
    await expect(writeResults(place, broken(), ['user_id'])).rejects.toThrow('ledger');
    expect(listing(folder)).toEqual(['r.csv']);
    expect(readFileSync(file, 'utf8')).toBe(OURS);
  });

  test('through a link goes to where the link leads, and the link stays', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'real.csv'), '');
    symlinkSync('real.csv', join(folder, 'r.csv'));
    const place = await prepare(join(folder, 'r.csv'), null);
    await writeResults(place, each(row()), ['user_id']);
    expect(readFileSync(join(folder, 'real.csv'), 'utf8')).toContain('ada');
    expect(readFileSync(join(folder, 'r.csv'), 'utf8')).toContain('ada');
  });

  test('a disk that gives way is told with what is safe', async () => {
    const folder = join(tempFolder(), 'gone');
    mkdirSync(folder);
    const place = await prepare(join(folder, 'r.csv'), null);
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
    const place = await prepare(file, null);
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
    await refused(`${folder}/new/`, null, 'named like a folder');
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
    await expect(prepare(join(folder, 'r.csv'), input)).resolves.toBeDefined();
    // An input that is not there is for its reader to tell.
    await expect(prepare(join(folder, 'r.csv'), join(folder, 'none'))).resolves.toBeDefined();
  });

  test('a pipe, with a reader or without, and a device are refused', async () => {
    const path = pipeIn(tempFolder());
    await refused(path, null, 'it is no file');
    await refused(path, path, 'it is no file');
    const reader = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    onTestFinished(() => reader.close());
    await refused(path, null, 'it is no file');
    await refused('/dev/null', null, 'it is no file');
    expect(statSync(path).isFIFO()).toBe(true);
  });

  test.each([
    ['/dev/stdout', 'it is standard output'],
    ['/dev/stderr', 'it is standard error'],
    ['/dev/fd/1', 'it is standard output'],
    ['/dev/stdin', 'it is standard input'],
    ['/proc/self/fd/1', 'it is standard output'],
    ['/proc/self/fd/2', 'it is standard error'],
    [`/proc/${process.pid}/fd/2`, 'it is standard error'],
  ])('%s is refused, itself and behind links', async (name, words) => {
    const folder = tempFolder();
    symlinkSync(name, join(folder, 'first'));
    symlinkSync('first', join(folder, 'second.csv'));
    symlinkSync(dirname(name), join(folder, 'dev'));
    for (const way of [name, join(folder, 'second.csv'), join(folder, 'dev', basename(name))]) {
      await refused(way, null, words);
      await expect(prepare(way)).rejects.toMatchObject({
        message: `Cannot write results to ${way}: ${words}.`,
        next: 'Nothing was sent. Name a file with --results; --json prints receipts to standard output.',
      });
    }
  });

  test('another file that is open is refused, itself and behind a link', async () => {
    const folder = tempFolder();
    const file = join(folder, 'r.jsonl');
    const before = '{"schema":"gdpr-receipt/1","request_id":"req_1"}\n';
    writeFileSync(file, before);
    const handle = await open(file, 'a');
    onTestFinished(() => handle.close());
    symlinkSync(`/dev/fd/${handle.fd}`, join(folder, 'link.jsonl'));
    await refused(`/dev/fd/${handle.fd}`, null, 'it is open already');
    await refused(join(folder, 'link.jsonl'), null, 'it is open already');
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect(listing(folder)).toEqual(['link.jsonl', 'r.jsonl']);
  });

  test('a name is seen from the current folder, and stays as it was typed', async () => {
    const cwd = tempFolder();
    mkdirSync(join(cwd, 'sub'));
    const place = await prepare('sub/../r.csv', null, cwd);
    expect(place).toMatchObject({ name: 'sub/../r.csv', path: join(realpathSync(cwd), 'r.csv') });
    writeFileSync(join(cwd, 'r.csv'), '');
    for (const [name, words] of [
      ['new/', 'it is named like a folder'],
      ['sub/', 'it is a folder'],
      ['r.csv/', 'a file stands where a folder should be'],
    ] as const) {
      await expect(prepare(name, null, cwd)).rejects.toMatchObject({
        fault: 'usage',
        message: `Cannot write results to ${name}: ${words}.`,
      });
    }
    expect(listing(cwd)).toEqual(['r.csv', 'sub']);
  });

  test('the file behind standard input is refused', () => {
    const file = join(tempFolder(), 'people.csv');
    writeFileSync(file, 'user_id\n');
    const code = `
      const { prepareResults } = await import(${JSON.stringify(join(import.meta.dirname, '../../../src/files/csv/results-place.ts'))});
      console.log(await prepareResults(process.argv[1], '/', { input: '-', kept: JSON.parse(process.argv[2]), outDir: null }).catch(({ message }) => message));`;
    const out = execFileSync(
      'sh',
      [
        '-c',
        'exec "$1" --input-type=module -e "$2" "$0" "$3" < "$0"',
        file,
        process.execPath,
        code,
        JSON.stringify(KEPT),
      ],
      { encoding: 'utf8' },
    );
    expect(out).toContain('it is the file that the subjects are read from');
  });
});

describe('what has come to stand there meanwhile', () => {
  test.each([
    ['somebody else writes there', (file: string) => writeFileSync(file, 'theirs'), 'no results'],
    ['a link', (file: string) => symlinkSync('other', file), 'no results file'],
    [
      'another name of ours',
      (file: string) => linkSync(join(dirname(file), 'ours'), file),
      'other names',
    ],
  ])('%s: it stays, and this is told', async (_, come, words) => {
    for (const isLate of [false, true]) {
      const folder = realpathSync(tempFolder());
      const file = join(folder, 'r.csv');
      writeFileSync(join(folder, 'other'), 'theirs');
      writeFileSync(join(folder, 'ours'), OURS);
      const place = await prepare(file);
      if (!isLate) come(file);
      const writing = writeResults(
        place,
        rowAnd(() => isLate && come(file)),
        ['user_id'],
      );
      await expect(writing).rejects.toMatchObject({
        fault: 'storage',
        message: expect.stringContaining(words),
        next: expect.stringContaining('The work itself is in the ledger.'),
      });
      expect(listing(folder)).toEqual(['other', 'ours', 'r.csv']);
      expect(readFileSync(file, 'utf8')).toBe(words === 'other names' ? OURS : 'theirs');
      expect(readFileSync(join(folder, 'other'), 'utf8')).toBe('theirs');
    }
  });

  test.each(['the state', 'anywhere'])('its folder became a link to %s', async (where) => {
    const folder = realpathSync(tempFolder());
    for (const name of ['out', 'there']) mkdirSync(join(folder, name));
    const state = where === 'the state' ? join(folder, 'there') : KEPT.state;
    const place = await prepare(join(folder, 'out/r.csv'), null, '/', { ...KEPT, state });
    const turn = (): void => {
      renameSync(join(folder, 'out'), join(folder, 'was'));
      symlinkSync('there', join(folder, 'out'));
    };
    await expect(writeResults(place, rowAnd(turn), ['user_id'])).rejects.toMatchObject({
      fault: 'storage',
      message: expect.stringContaining('its folder is now a link'),
    });
    expect(listing(join(folder, 'there'))).toEqual([]);
  });

  test('results of another run are replaced, as they would have been before', async () => {
    const file = join(tempFolder(), 'r.csv');
    const place = await prepare(file);
    writeFileSync(file, OURS);
    await writeResults(place, each(row()), ['user_id']);
    expect(readFileSync(file, 'utf8')).toContain('ada');
  });
});

test('a file that only looks like one left by a crash stays', async () => {
  const folder = tempFolder();
  const id = '0f0e0d0c-0b0a-4908-8706-050403020100';
  const others = ['.r.csv.mine.part', `.r.csv.old.${id}.part`, '.r.csv.part'];
  for (const name of [...others, `.r.csv.${id}.part`]) writeFileSync(join(folder, name), '');
  await writeResults(await prepare(join(folder, 'r.csv')), each(row()), ['user_id']);
  expect(listing(folder)).toEqual([...others, 'r.csv'].toSorted());
});
