import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { GdprError } from '../../errors.ts';
import { writeWhole } from '../../host/atomic-file.ts';
import { onDisk, storageError } from '../disk.ts';
import { PRIVATE_FILE } from '../folder.ts';
import type { OpenPipe } from '../pipe.ts';
import { objection } from '../protected-places.ts';
import { guarded } from './guard.ts';
import { RESULTS, type ResultsPlace } from './results-place.ts';

/** So much text is written at a time. */
const BLOCK = 64 * 1024;

/** What became of one row of a subjectTable. */
export interface ResultRow {
  line: number;
  /** Null: no request was made of it. */
  requestId: string | null;
  state: string;
  detail: string;
  /** By the subjectTable's columns. */
  cells: Readonly<Record<string, string>>;
}

/**
 * Writes one CSV row for each row: `line, request_id, state, detail`, then the subjectTable's columns. A
 * cell that a spreadsheet would run is guarded. The file (0600) stands in its place when it is whole,
 * or what stood there stays. A pipe whose reader has gone takes no more, which is no failure. Throws GdprError `storage` and what `rows` throws.
 */
export async function writeResults(
  place: ResultsPlace,
  rows: AsyncIterable<ResultRow>,
  columns: readonly string[],
): Promise<void> {
  await write(place, csvOf(rows, columns));
}

/** Writes one line for each receipt, each a JSON text without line breaks; otherwise as `writeResults`. */
export async function writeReceipts(
  place: ResultsPlace,
  receipts: AsyncIterable<string>,
): Promise<void> {
  await write(place, queuesOf(receipts));
}

async function* csvOf(
  rows: AsyncIterable<ResultRow>,
  columns: readonly string[],
): AsyncGenerator<string, void, undefined> {
  yield stringify([['line', 'request_id', 'state', 'detail', ...columns]]);
  for await (const { line, requestId, state, detail, cells } of rows) {
    const own = columns.map((column) => cells[column] ?? '');
    yield stringify([[String(line), requestId ?? '', state, detail, ...own].map(guarded)]);
  }
}

async function* queuesOf(texts: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  for await (const text of texts) yield `${text}\n`;
}

async function write(place: ResultsPlace, texts: AsyncIterable<string>): Promise<void> {
  try {
    if (place.pipe !== null) await writePipe(place.path, place.pipe, texts);
    else {
      await checkAgain(place);
      await (place.into === 'file' ? writeFile(place, texts) : writeStream(place, texts));
    }
  } catch (thrown) {
    if (!(thrown instanceof GdprError) || thrown.fault !== 'storage') throw thrown;
    throw new GdprError('storage', thrown.message, {
      next: 'The work itself is in the ledger. Mend this and run the same command again: what is settled is not repeated, and its results are written.',
      cause: thrown,
    });
  }
}

function writeFile(place: ResultsPlace, texts: AsyncIterable<string>): Promise<void> {
  return writeWhole(place.path, blocksOf(texts), {
    ...PRIVATE_FILE,
    async check(path) {
      await checkAgain(place);
      await PRIVATE_FILE.check(path);
    },
  });
}

/** Since the place was found, something else may have come to stand there. */
async function checkAgain({ path, into, kept }: ResultsPlace): Promise<void> {
  const reason = await onDisk(path, async () => {
    const folder = dirname(path);
    if (into === 'file' && (await realpath(folder)) !== folder) return 'its folder is now a link';
    return objection(path, kept, RESULTS);
  });
  if (reason !== null) throw storageError(path, reason);
}

async function writeStream({ path }: ResultsPlace, texts: AsyncIterable<string>): Promise<void> {
  const handle = await onDisk(path, () => open(path, constants.O_WRONLY | constants.O_APPEND));
  try {
    for await (const block of blocksOf(texts)) await onDisk(path, () => handle.writeFile(block));
  } finally {
    await handle.close();
  }
}

async function writePipe(
  path: string,
  pipe: OpenPipe,
  texts: AsyncIterable<string>,
): Promise<void> {
  try {
    for await (const block of blocksOf(texts)) {
      if (!(await onDisk(path, () => pipe.write(block)))) return;
    }
  } finally {
    await pipe.close();
  }
}

async function* blocksOf(
  texts: AsyncIterable<string>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let block = '';
  for await (const text of texts) {
    block += text;
    if (block.length < BLOCK) continue;
    yield Buffer.from(block);
    block = '';
  }
  yield Buffer.from(block);
}
