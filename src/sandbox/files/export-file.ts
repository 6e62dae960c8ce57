import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';

/** A file that is computed each time it is read, and never held whole. */
export interface ExportFile {
  /** Names the content: the same key and revision give the same bytes. */
  key: string;
  contentType: string;
  /** Epoch milliseconds. */
  createdAt: number;
  ids: readonly string[];
  /** What made it. */
  operation: string;
  chunks(revision: number): AsyncIterable<Buffer>;
}

export const ZIP = 'application/zip';
const CHUNK = 64 * 1024;
const DAYS_KEPT = 60;

/** Export files stay for 60 days (Stream's GDPR page), however often a link is made anew. */
export function isKept(file: ExportFile, now: number): boolean {
  return now - file.createdAt < DAYS_KEPT * 86_400_000;
}

/** Text pieces as buffers of some 64 KiB. */
export async function* textChunks(pieces: Iterable<string>): AsyncGenerator<Buffer> {
  let waiting: string[] = [];
  let length = 0;
  for (const piece of pieces) {
    waiting.push(piece);
    length += piece.length;
    if (length < CHUNK) continue;
    yield Buffer.from(waiting.join(''));
    waiting = [];
    length = 0;
  }
  if (length > 0) yield Buffer.from(waiting.join(''));
}

export interface ZipEntry {
  name: string;
  pieces(): Iterable<string>;
}

/** A zip of text entries, the same bytes each time; the first entry is stored, not deflated. */
export async function* zipChunks(entries: Iterable<ZipEntry>): AsyncGenerator<Buffer> {
  const zip = new ZipFile();
  let first = true;
  for (const entry of entries) {
    zip.addReadStreamLazy(
      entry.name,
      { mtime: new Date(Date.UTC(2026, 0, 1)), compress: !first, forceDosTimestamp: true },
      (give) => give(null, Readable.from(textChunks(entry.pieces()))),
    );
    first = false;
  }
  zip.end();
  const output = zip.outputStream;
  output.once('error', () => undefined);
  for await (const chunk of output) {
    yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
  }
}

/** How many bytes a file has: read through once, kept by nobody. */
export async function measure(chunks: AsyncIterable<Buffer>): Promise<number> {
  let bytes = 0;
  for await (const chunk of chunks) bytes += chunk.length;
  return bytes;
}

/** The part from `start` up to and without `end`. */
export async function* slice(
  chunks: AsyncIterable<Buffer>,
  start: number,
  end: number,
): AsyncGenerator<Buffer> {
  let position = 0;
  for await (const chunk of chunks) {
    const from = Math.max(start - position, 0);
    const to = Math.min(end - position, chunk.length);
    position += chunk.length;
    if (from < to) yield chunk.subarray(from, to);
    if (position >= end) return;
  }
}

/** The same with one byte at `offset` replaced. */
async function* damage(
  chunks: AsyncIterable<Buffer>,
  offset: number,
  change: (byte: number) => number,
): AsyncGenerator<Buffer> {
  let position = 0;
  for await (const chunk of chunks) {
    const at = offset - position;
    position += chunk.length;
    if (at < 0 || at >= chunk.length) {
      yield chunk;
      continue;
    }
    const copy = Buffer.from(chunk);
    copy[at] = change(copy[at] ?? 0);
    yield copy;
  }
}

/** Where the first character of the user id stands in the JSON of a zip's first entry. */
const INTO_USER_ID = 16;

/**
 * A file with one wrong byte. In text it is a NUL in the middle, which no JSON may hold; in a
 * zip it is a letter of the first, stored entry, whose JSON still parses: only its CRC tells.
 */
export async function corrupted(
  file: ExportFile,
  revision: number,
  size: number,
): Promise<AsyncIterable<Buffer>> {
  if (file.contentType !== ZIP) return damage(file.chunks(revision), Math.floor(size / 2), () => 0);
  const start = await dataStart(file.chunks(revision));
  return damage(file.chunks(revision), start + INTO_USER_ID, (byte) => byte ^ 1);
}

/** Behind the first local file header: 30 bytes, the name, the extra field. */
async function dataStart(chunks: AsyncIterable<Buffer>): Promise<number> {
  let head = Buffer.alloc(0);
  for await (const chunk of chunks) {
    head = Buffer.concat([head, chunk]);
    if (head.length >= 30) return 30 + head.readUInt16LE(26) + head.readUInt16LE(28);
  }
  return 0;
}
