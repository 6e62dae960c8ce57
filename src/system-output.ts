import { isatty } from 'node:tty';
import type { Output } from './host.ts';

const COLUMNS = 80;

/**
 * One of the process's output streams, opened when something is written. When its reader is gone
 * (a closed pipe, a terminal that was shut), or the disk behind it is full, writing goes on without
 * effect, so that the work is not broken off; `fault` tells of what is not just a closed reader.
 */
export function systemOutput(descriptor: 1 | 2): Output {
  let opened: NodeJS.WriteStream | null = null;
  let gone = false;
  let fault: string | null = null;
  const open = (): NodeJS.WriteStream => {
    if (opened !== null) return opened;
    const stream = descriptor === 1 ? process.stdout : process.stderr;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // `gdpr … | head` is no failure of ours, nor is a terminal window that was closed (EIO).
      const isClosed = error.code === 'EPIPE' || (error.code === 'EIO' && stream.isTTY);
      if (!isClosed) fault ??= error.message;
      gone = true;
    });
    opened = stream;
    return stream;
  };
  return {
    write: (text) => {
      if (!gone) open().write(text);
    },
    get fault() {
      return fault;
    },
    isTTY: isatty(descriptor),
    get columns() {
      return open().columns ?? COLUMNS;
    },
    get stream() {
      return open();
    },
  };
}
