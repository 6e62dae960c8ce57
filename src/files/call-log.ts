import { closeSync, openSync, writeSync } from 'node:fs';
import { GdprError, reasonOf } from '../errors.ts';

/** A file that takes a JSON line for each entry, at once: a reader sees what has happened so far. */
export interface CallLog {
  write(entry: object): void;
  close(): void;
}

/** Opens a log for appending, 0600. Throws GdprError `usage` when the file cannot be opened. */
export function openCallLog(path: string): CallLog {
  let file: number;
  try {
    file = openSync(path, 'a', 0o600);
  } catch (thrown) {
    throw new GdprError('usage', `The log cannot be written: ${reasonOf(thrown)}.`, {
      next: 'Give --log another file.',
    });
  }
  return {
    write: (entry) => void writeSync(file, `${JSON.stringify(entry)}\n`),
    close: () => closeSync(file),
  };
}
