import { isatty } from 'node:tty';
import type { Output } from './host.ts';

const COLUMNS = 80;

/** What a terminal obeys, or shows in another order; a colour as a whole. */
const OBEYED = /(?![\n\t])(?:\p{Cc}\[\d{1,2}m|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}])/gu;

/** The colours that reports are painted with. */
const OURS: ReadonlySet<string> = new Set(
  [1, 2, 22, 31, 32, 33, 34, 35, 36, 39, 90].map((code) => `\u001B[${code}m`),
);

/**
 * Text as it may reach a terminal, whoever wrote it: the last door. `\uXXXX` is what JSON says too,
 * so that a document stays the same.
 */
export function harmless(text: string): string {
  return text.replaceAll(OBEYED, (found) => {
    if (OURS.has(found)) return found;
    const [obeyed = '', ...rest] = found;
    return [spelledOut(obeyed), ...rest].join('');
  });
}

function spelledOut(character: string): string {
  return Array.from({ length: character.length }, (_, at) => {
    return `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`;
  }).join('');
}

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
      if (!gone) open().write(harmless(text));
    },
    get fault() {
      return fault;
    },
    isTTY: isatty(descriptor),
    get isSized() {
      return isatty(descriptor) && (open().columns ?? 0) > 0;
    },
    get columns() {
      // A terminal that does not know its width says 0.
      return open().columns || COLUMNS;
    },
    get stream() {
      return open();
    },
  };
}
