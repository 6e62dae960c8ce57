import { isatty } from 'node:tty';
import type { Output } from './host.ts';

const COLUMNS = 80;

/**
 * One of the process's output streams, opened when something is written. When its reader is gone
 * (a closed pipe, a terminal that was shut) writing goes on without effect, so that the work and
 * its exit code stay the same; any other fault of the stream is thrown.
 */
export function systemOutput(descriptor: 1 | 2): Output {
  let opened: NodeJS.WriteStream | null = null;
  let gone = false;
  const open = (): NodeJS.WriteStream => {
    if (opened !== null) return opened;
    const stream = descriptor === 1 ? process.stdout : process.stderr;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // `gdpr … | head` is no failure of ours, nor is a terminal window that was closed (EIO).
      if (error.code !== 'EPIPE' && !(error.code === 'EIO' && stream.isTTY)) throw error;
      gone = true;
    });
    opened = stream;
    return stream;
  };
  return {
    write: (text) => {
      if (!gone) open().write(text);
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
