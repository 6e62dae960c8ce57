import { close, constants, open, write } from 'node:fs';
import { type FileHandle, readlink, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import type { Clock } from '../host/host.ts';
import { isSystemError } from './disk.ts';

/** How long is waited, in ms, before a pipe that was not ready is tried again. */
export const PAUSE = 20;

// By number: a FileHandle that nobody closes warns the operator when it is collected.
const opened = promisify(open);
const written = promisify(write);
const closed = promisify(close);

/** A pipe that is open for writing: its reader waits for what is written, or for the end of the process. */
export interface OpenPipe {
  /** Resolves when the system has all bytes; to false when the reader has gone. */
  write(bytes: Uint8Array): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Opens a pipe for writing; null: nobody reads it. Neither this nor writing waits in the system: such a
 * wait cannot be ended, and keeps even the end of the process waiting.
 */
export async function openPipe(
  path: string,
  clock: Pick<Clock, 'sleep'>,
): Promise<OpenPipe | null> {
  const flags = constants.O_WRONLY | constants.O_NONBLOCK;
  const fd = await orNull(opened(path, flags), 'ENXIO');
  if (fd === null) return null;
  return {
    async write(bytes) {
      try {
        let left = bytes;
        while (left.length > 0) {
          const done = await orNull(written(fd, left), 'EAGAIN');
          if (done === null) await clock.sleep(PAUSE);
          else left = left.subarray(done.bytesWritten);
        }
        return true;
      } catch (thrown) {
        if (isSystemError(thrown) && thrown.code === 'EPIPE') return false;
        throw thrown;
      }
    },
    close: () => closed(fd),
  };
}

/** Reads up to `most` bytes and answers with their number, 0 at the end; null: there are none yet. */
export async function readNow(
  handle: FileHandle,
  buffer: Buffer,
  most: number,
): Promise<number | null> {
  const read = await orNull(handle.read(buffer, 0, most, null), 'EAGAIN');
  return read === null ? null : read.bytesRead;
}

async function orNull<T>(work: Promise<T>, code: string): Promise<T | null> {
  try {
    return await work;
  } catch (thrown) {
    if (isSystemError(thrown) && thrown.code === code) return null;
    throw thrown;
  }
}

/** Where the system lists what a process has open. */
const LISTED = /^(?:\/dev|\/proc\/[^\/]+(?:\/task\/\d+)?)\/fd\/(?<fd>\d+)$/v;

/** So many links are followed, as Linux does. */
const MOST_LINKS = 40;

/**
 * The number under which a process has open what a path leads to (`/dev/stdout`: 1); null: it leads to
 * no such thing. What is open is itself shown as a link, to whatever lies behind it.
 */
export async function openNumber(file: string): Promise<number | null> {
  for await (const path of linksFrom(file)) {
    const fd = LISTED.exec(path)?.groups?.['fd'];
    if (fd !== undefined) return Number(fd);
  }
  return null;
}

/** A path, and what it leads to link by link, each in its folder without links. */
export async function* linksFrom(file: string): AsyncGenerator<string, void, undefined> {
  let path = file;
  for (let links = 0; links < MOST_LINKS; links += 1) {
    const folder = await realpath(dirname(path)).catch(unknown);
    if (folder === null) return;
    path = join(folder, basename(path));
    yield path;
    const next = await readlink(path).catch(unknown);
    if (next === null) return;
    path = isAbsolute(next) ? next : `${folder}/${next}`;
  }
}

/** Whoever opens the path tells what is wrong with it. */
function unknown(thrown: unknown): null {
  if (isSystemError(thrown)) return null;
  throw thrown;
}
