import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { type FileHandle, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { type CsvSource, csvFile, csvStream } from '../../../src/files/csv/source.ts';
import { rowsOf } from '../csv-stage.ts';
import { QUIET, tempFolder } from '../stage.ts';

const AT_ONCE = { sleep: async () => {} };

const isRoot = process.getuid?.() === 0;
const SOURCE = join(import.meta.dirname, '../../../src/files/csv/source.ts');
const LONG_AGO = 1_000_000_000;
const LARGE = `user_id\n${'x'.repeat(99)}\n`.repeat(3_000);

function fileOf(text: string): string {
  const path = join(tempFolder(), 'people.csv');
  writeFileSync(path, text);
  utimesSync(path, LONG_AGO, LONG_AGO);
  return path;
}

function pipeIn(folder: string): string {
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  return path;
}

/** Reads to the end; `between` is done after the first block. */
async function readAll(source: CsvSource, between = (): void => {}): Promise<string> {
  let text = '';
  for await (const block of source.open(QUIET)) {
    if (text === '') between();
    text += Buffer.from(block).toString();
  }
  return text;
}

describe('a file', () => {
  test('comes whole, in blocks', async () => {
    expect(await readAll(csvFile(fileOf(LARGE), 'p.csv', AT_ONCE))).toBe(LARGE);
    expect(await readAll(csvFile(fileOf(''), 'p.csv', AT_ONCE))).toBe('');
  });

  test('blocks hold until the one after the next is asked for', async () => {
    const seen: { before: string; now: string }[] = [];
    let last: Uint8Array = new Uint8Array();
    let text = '';
    for await (const block of csvFile(fileOf(LARGE), 'p.csv', AT_ONCE).open(QUIET)) {
      seen.push({ before: text, now: Buffer.from(last).toString() });
      text = Buffer.from(block).toString();
      last = block;
    }
    expect(seen.length).toBeGreaterThan(3);
    for (const { before, now } of seen) expect(now).toBe(before);
  });

  test.each([
    ['grows', (path: string) => appendFileSync(path, 'half a r')],
    ['is cut', (path: string) => truncateSync(path, 70_000)],
    [
      'grows and has its time set back',
      (path: string) => {
        appendFileSync(path, 'x');
        utimesSync(path, LONG_AGO, LONG_AGO);
      },
    ],
    [
      'is written over in its length',
      (path: string) => {
        writeFileSync(path, LARGE.replaceAll('x', 'y'));
        utimesSync(path, 1, 1);
      },
    ],
  ])('that %s while it is read is refused', async (_, change) => {
    const path = fileOf(LARGE);
    const reading = readAll(csvFile(path, 'people.csv', AT_ONCE), () => change(path));
    await expect(reading).rejects.toMatchObject({
      fault: 'usage',
      message: 'people.csv was changed while it was read.',
      next: expect.stringContaining('Nothing was sent.'),
    });
  });

  test('what was there when it was opened is read, and no more', async () => {
    const path = fileOf(LARGE);
    let bytes = 0;
    const reading = (async () => {
      for await (const block of csvFile(path, 'p.csv', AT_ONCE).open(QUIET)) {
        if (bytes === 0) appendFileSync(path, LARGE);
        bytes += block.length;
      }
    })();
    await expect(reading).rejects.toMatchObject({ fault: 'usage' });
    expect(bytes).toBe(LARGE.length);
  });

  test.each([
    ['is not there', (folder: string) => join(folder, 'none.csv'), 'it is not there'],
    ['is a folder', (folder: string) => folder, 'it is a folder'],
    ['lies below a file', (folder: string) => join(folder, 'f', 'x.csv'), 'a file stands where'],
  ])('that %s is told', async (_, pathOf, words) => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'f'), '');
    await expect(readAll(csvFile(pathOf(folder), 'p.csv', AT_ONCE))).rejects.toMatchObject({
      fault: 'usage',
      exit: 2,
      message: expect.stringMatching(new RegExp(`^Cannot read p\\.csv: ${words}`, 'v')),
      next: expect.stringContaining('Nothing was sent.'),
    });
  });

  test.skipIf(isRoot)('that may not be read is told', async () => {
    const path = fileOf('user_id\n');
    chmodSync(path, 0);
    await expect(readAll(csvFile(path, 'p.csv', AT_ONCE))).rejects.toThrow('permission is missing');
  });

  test('a pipe has no length and is read to its end', async () => {
    const path = pipeIn(tempFolder());
    const [text] = await Promise.all([
      readAll(csvFile(path, 'p.csv', AT_ONCE)),
      writeFile(path, LARGE),
    ]);
    expect(text).toBe(LARGE);
  });

  test('a pipe is waited for: for its writer, for each of its blocks, and for its end', async () => {
    const path = pipeIn(tempFolder());
    let writer: FileHandle | null = null;
    const steps = [
      async () => {
        writer = await open(path, 'w');
      },
      async () => writer?.write('user_id\n'),
      async () => {},
      async () => writer?.write('ada\n'),
      async () => writer?.close(),
    ];
    const clock = { sleep: async () => void (await steps.shift()?.()) };
    expect(await readAll(csvFile(path, 'pipe', clock))).toBe('user_id\nada\n');
    expect(steps).toEqual([]);
  });

  test('a pipe whose writer leaves without a word is empty', async () => {
    const path = pipeIn(tempFolder());
    const steps = [() => open(path, 'w'), (writer?: FileHandle) => writer?.close()];
    let writer: FileHandle | undefined;
    const clock = {
      async sleep() {
        writer = (await steps.shift()?.(writer)) ?? undefined;
      },
    };
    expect(await readAll(csvFile(path, 'pipe', clock))).toBe('');
    expect(steps).toEqual([]);
  });

  test('a pipe that was handed over open has ended when nobody writes to it', () => {
    const read = `
      const { csvFile } = await import(${JSON.stringify(SOURCE)});
      const clock = { sleep: async () => { throw new Error('waited'); } };
      const { signal } = new AbortController();
      for await (const block of csvFile('/dev/stdin', 'in', clock).open(signal)) process.stdout.write(block);`;
    const script = 'printf "$2" | "$0" --input-type=module -e "$1"';
    for (const input of ['', 'user_id']) {
      const args = ['-c', script, process.execPath, read, input];
      expect(execFileSync('sh', args, { encoding: 'utf8' })).toBe(input);
    }
  });

  test.each(['nobody has opened', 'somebody holds open'])(
    'an abort ends the waiting for a pipe that %s',
    async (state) => {
      const path = pipeIn(tempFolder());
      const stop = new AbortController();
      let waits = 0;
      let writer: FileHandle | undefined;
      const clock = {
        async sleep() {
          waits += 1;
          if (waits === 1 && state === 'somebody holds open') writer = await open(path, 'w');
          if (waits === 5) stop.abort(130);
        },
      };
      await expect(rowsOf(csvFile(path, 'pipe', clock), stop.signal)).rejects.toBe(130);
      expect(waits).toBe(5);
      await writer?.close();
    },
  );

  test('with a clock, files and devices are read as without', async () => {
    const clock = { sleep: () => Promise.reject(new Error('waited')) };
    expect(await readAll(csvFile(fileOf(LARGE), 'f', clock))).toBe(LARGE);
    expect(await readAll(csvFile('/dev/null', 'f', clock))).toBe('');
    await expect(readAll(csvFile(tempFolder(), 'f', clock))).rejects.toThrow('it is a folder');
  });

  test('an abort ends it with the reason', async () => {
    const stop = new AbortController();
    const reading = (async () => {
      for await (const block of csvFile(fileOf(LARGE), 'p.csv', AT_ONCE).open(stop.signal)) {
        if (block.length > 0) stop.abort(130);
      }
    })();
    await expect(reading).rejects.toBe(130);
  });
});

describe('a stream', () => {
  test('is read to its end', async () => {
    const stream = new PassThrough();
    stream.end(LARGE);
    expect(await readAll(csvStream(stream))).toBe(LARGE);
  });

  test('that breaks off is told', async () => {
    const stream = new PassThrough();
    stream.write('user_id\n');
    const reading = readAll(csvStream(stream), () => stream.destroy(new Error('gone')));
    await expect(reading).rejects.toMatchObject({
      fault: 'usage',
      message: 'Cannot read standard input: gone.',
    });
  });

  test('that nobody writes to is left and destroyed on an abort', async () => {
    const stop = new AbortController();
    const stream = new PassThrough();
    const reading = rowsOf(csvStream(stream), stop.signal);
    stop.abort(143);
    await expect(reading).rejects.toBe(143);
    expect(stream.destroyed).toBe(true);
  });
});
