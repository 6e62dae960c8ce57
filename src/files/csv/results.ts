import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { GdprError } from '../../errors.ts';
import { writeWhole } from '../../host/atomic-file.ts';
import { PRIVATE_FILE, onDisk, storageError } from '../folder.ts';
import { objection } from '../protected-places.ts';
import { RESULTS, type ResultsPlace } from './results-place.ts';

const RUN = /^'*[=+\-@\t\r]/;
const GUARDED = /^'+[=+\-@\t\r]/;

/** So much text is written at a time. */
const BLOCK = 64 * 1024;

/** What became of one row of the subject table. */
export interface ResultRow {
  line: number;
  /** Null: no request was made of it. */
  requestId: string | null;
  state: string;
  detail: string;
  /** By the subject table's columns. */
  cells: Readonly<Record<string, string>>;
}

/**
 * Writes one CSV row for each row: `line, request_id, state, detail`, then the subject table's columns. A
 * cell that a spreadsheet would run is guarded. The file (0600) stands in its place when it is whole,
 * or what stood there stays. Throws GdprError `storage` and what `rows` throws.
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
  await write(place, linesOf(receipts));
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

async function* linesOf(texts: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  for await (const text of texts) yield `${text}\n`;
}

async function write(place: ResultsPlace, texts: AsyncIterable<string>): Promise<void> {
  try {
    await checkAgain(place);
    await writeWhole(place.path, blocksOf(texts), {
      ...PRIVATE_FILE,
      async check(path) {
        await checkAgain(place);
        await PRIVATE_FILE.check(path);
      },
    });
  } catch (thrown) {
    if (!(thrown instanceof GdprError) || thrown.fault !== 'storage') throw thrown;
    throw new GdprError('storage', thrown.message, {
      next: 'The work itself is in the ledger. Put this right and run the same command again: what is settled is not repeated, and its results are written.',
      cause: thrown,
    });
  }
}

/** Since the place was found, something else may have come to stand there. */
async function checkAgain({ path, kept }: ResultsPlace): Promise<void> {
  const reason = await onDisk(path, async () => {
    const folder = dirname(path);
    if ((await realpath(folder)) !== folder) return 'its folder is now a link';
    return objection(path, kept, RESULTS);
  });
  if (reason !== null) throw storageError(path, reason);
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

/** A cell as it is written: one that a spreadsheet would run as a formula gets one more leading `'`. */
export function guarded(cell: string): string {
  return RUN.test(cell) ? `'${cell}` : cell;
}

/** A cell as it was meant: exactly what `guarded` added is taken off. */
export function unguarded(cell: string): string {
  return cell.charCodeAt(0) === 0x27 && GUARDED.test(cell) ? cell.slice(1) : cell;
}
