import { closeSync, openSync, writeSync } from 'node:fs';
import { GdprError, reasonOf } from '../errors.ts';
import { openNumber } from './links.ts';
import { type Kept, type OwnKind, objection, placeObjection } from './protected-places.ts';

/** A file that takes a JSON line for each entry, at once: a reader sees what has happened so far. */
export interface CallLog {
  write(entry: object): void;
  close(): void;
}

const LOG: OwnKind = { name: 'log of calls', begin: /^\{"at":"/v };

/**
 * Opens a log for appending, 0600. Throws GdprError `usage` when the file cannot be opened, is kept, or
 * is something else.
 */
export async function openCallLog(path: string, kept: Kept): Promise<CallLog> {
  let file: number;
  try {
    // What the operator's shell has opened for us takes the lines among others.
    const isOpen = (await openNumber(path)) !== null;
    const reason = await (isOpen ? placeObjection(path, kept) : objection(path, kept, LOG));
    if (reason !== null) throw unusable(reason);
    file = openSync(path, 'a', 0o600);
  } catch (thrown) {
    if (thrown instanceof GdprError) throw thrown;
    throw unusable(reasonOf(thrown));
  }
  return {
    write: (entry) => void writeSync(file, `${JSON.stringify(entry)}\n`),
    close: () => closeSync(file),
  };
}

function unusable(reason: string): GdprError {
  return new GdprError('usage', `The log cannot be written: ${reason}.`, {
    next: 'Give --log another file.',
  });
}
