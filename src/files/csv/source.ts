import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { PassThrough, promises } from 'node:stream';
import { GdprError, reasonOf } from '../../errors.ts';
import type { Clock } from '../../host/host.ts';
import { diskReason, isSystemError, nullOn } from '../folder.ts';
import { openNumber } from '../links.ts';

/** Larger blocks leave more garbage at once and are not read faster (measured). */
const BLOCK = 64 * 1024;

/** How long is waited, in ms, before a pipe that was not ready is read again. */
const PAUSE = 20;

/** Where a CSV comes from. */
export interface CsvSource {
  /** For messages. */
  readonly name: string;
  /**
   * The bytes; a block may be overwritten when the one after the next is asked for. Throws GdprError
   * `usage` for what cannot be read.
   */
  open(signal: AbortSignal): AsyncIterable<Uint8Array>;
}

/** Reads up to so many bytes and answers with their number, 0 at the end. */
type Read = (buffer: Buffer, most: number) => Promise<number>;

/**
 * A file, read as it was when it was opened: when its length or time has changed by the end, GdprError
 * `usage`, since its last row may be half a row. What has no length (a pipe, a terminal) is read to its
 * end, and an abort ends the waiting for it.
 */
export function csvFile(path: string, name: string, clock: Pick<Clock, 'sleep'>): CsvSource {
  return {
    name,
    async *open(signal) {
      let handle: FileHandle | undefined;
      try {
        handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
        const before = await handle.stat({ bigint: true });
        if (before.isDirectory()) throw unreadable(name, 'it is a folder');
        if (before.isFile()) return yield* wholeFile(handle, before, name, signal);
        const isBegun = !before.isFIFO() || (await openNumber(path)) !== null;
        const read = patient(handle, isBegun, clock, signal);
        yield* blocks(read, Infinity, signal);
      } catch (thrown) {
        if (!isSystemError(thrown)) throw thrown;
        throw unreadable(name, diskReason(thrown), thrown);
      } finally {
        await handle?.close();
      }
    },
  };
}

/** A stream, standard input for one, read to its end; an abort destroys it, so that nobody waits for it. */
export function csvStream(stream: NodeJS.ReadableStream, name = 'standard input'): CsvSource {
  return {
    name,
    async *open(signal) {
      const through = new PassThrough();
      // A failure destroys `through` with it, and is thrown by reading on.
      void Promise.allSettled([promises.pipeline(stream, through, { signal })]);
      try {
        for await (const block of through) yield block;
      } catch (thrown) {
        signal.throwIfAborted();
        throw unreadable(name, reasonOf(thrown), thrown);
      }
    },
  };
}

async function* wholeFile(
  handle: FileHandle,
  before: BigIntStats,
  name: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const length = Number(before.size);
  const done = yield* blocks(plain(handle), length, signal);
  const after = await handle.stat({ bigint: true });
  if (done === length && after.size === before.size && after.mtimeNs === before.mtimeNs) return;
  throw new GdprError('usage', `${name} was changed while it was read.`, {
    next: 'Nothing was sent. Run the same command again once nobody writes to it any more.',
  });
}

/** At most `length` bytes, in two buffers by turns; answers with how many there were. */
async function* blocks(
  read: Read,
  length: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, number, undefined> {
  const buffers: [Buffer, Buffer] = [Buffer.allocUnsafeSlow(BLOCK), Buffer.allocUnsafeSlow(BLOCK)];
  let buffer = buffers[0];
  let done = 0;
  while (done < length) {
    signal.throwIfAborted();
    const bytesRead = await read(buffer, Math.min(BLOCK, length - done));
    if (bytesRead === 0) break;
    done += bytesRead;
    yield buffer.subarray(0, bytesRead);
    buffer = buffer === buffers[0] ? buffers[1] : buffers[0];
  }
  return done;
}

function plain(handle: FileHandle): Read {
  return async (buffer, most) => (await handle.read(buffer, 0, most, null)).bytesRead;
}

/**
 * Waits for what is not there yet. A named pipe shows its end also before anybody has opened it for
 * writing: as long as it has not begun, that counts as nothing yet.
 */
function patient(
  handle: FileHandle,
  isBegun: boolean,
  clock: Pick<Clock, 'sleep'>,
  signal: AbortSignal,
): Read {
  const read = plain(handle);
  let begun = isBegun;
  return async (buffer, most) => {
    for (;;) {
      const bytes = await read(buffer, most).catch(NOT_YET);
      begun ||= bytes !== 0;
      if (bytes !== null && begun) return bytes;
      await clock.sleep(PAUSE, signal);
      signal.throwIfAborted();
    }
  };
}

const NOT_YET = nullOn('EAGAIN');

function unreadable(name: string, reason: string, cause?: unknown): GdprError {
  return new GdprError('usage', `Cannot read ${name}: ${reason}.`, {
    next: 'Nothing was sent. Name a CSV file that can be read, or - for standard input.',
    cause,
  });
}
