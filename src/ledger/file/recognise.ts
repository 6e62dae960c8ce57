import { closeSync, constants, fchmodSync, lstatSync, openSync, readSync } from 'node:fs';
import { damaged, foreign } from '../faults.ts';
import { isOpenHere } from './connection.ts';

/** "gdpr" in ASCII: SQLite's mark for files of one application. */
export const LEDGER_ID = 0x67647072;

/** https://www.sqlite.org/fileformat.html, section 1.3. */
const MAGIC = 'SQLite format 3\0';
const HEADER_BYTES = 100;
const LEDGER_ID_AT = 68;

/**
 * Whether a file stands in the ledger's place. Throws GdprError `ledger` for anything but a plain
 * file: a symbolic link would let somebody else choose what is written.
 */
export function isOccupied(file: string): boolean {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (found === undefined) return false;
  if (found.isSymbolicLink()) throw foreign(file, 'it is a symbolic link');
  if (found.isDirectory()) throw foreign(file, 'it is a folder');
  if (!found.isFile()) throw foreign(file, 'it is not a plain file');
  return true;
}

/**
 * Makes sure that the file is a ledger, from its first 100 bytes and without SQLite, which would
 * already write to a database that its owner left unfinished. What is recognised is made 0600,
 * unless it keeps its mode.
 * Throws GdprError `ledger`; the file is as it was then.
 */
export function recognise(file: string, { keepsMode = false } = {}): void {
  if (isOpenHere(file)) return;
  const flags = keepsMode ? constants.O_RDONLY : constants.O_RDWR;
  const descriptor = openSync(file, flags | constants.O_NOFOLLOW);
  try {
    const header = Buffer.alloc(HEADER_BYTES);
    check(file, header, readSync(descriptor, header, 0, HEADER_BYTES, 0));
    if (!keepsMode) fchmodSync(descriptor, 0o600);
  } finally {
    closeSync(descriptor);
  }
}

function check(file: string, header: Buffer, bytes: number): void {
  if (bytes === 0) throw damaged(file, 'it is empty');
  if (bytes < HEADER_BYTES || header.toString('latin1', 0, MAGIC.length) !== MAGIC) {
    throw foreign(file, 'it is another kind of file, or damaged at its beginning');
  }
  if (header.readUInt32BE(LEDGER_ID_AT) !== LEDGER_ID) {
    throw foreign(file, 'it is the database of another program');
  }
}
