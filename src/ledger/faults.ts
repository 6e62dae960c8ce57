import { GdprError, reasonOf } from '../errors.ts';

/** A row that no version of this program wrote; `message` says which and what. */
export class DamagedRow extends Error {
  override readonly name = 'DamagedRow';
}

/** https://www.sqlite.org/rescode.html, the primary codes that say something about the disk or file. */
const STORAGE: ReadonlyMap<number, string> = new Map([
  [3, 'cannot be written: permission denied'],
  [5, 'stayed busy: another process kept it locked for 5 seconds'],
  [6, 'stayed busy: it is locked'],
  [8, 'cannot be written: it is read-only'],
  [10, 'cannot be read or written: the disk reports an error'],
  [13, 'cannot grow: the disk is full'],
  [14, 'cannot be opened, or its folder cannot be written'],
]);
const DAMAGED: ReadonlySet<number> = new Set([11, 26]);

const FREE_AND_RESUME =
  'What was recorded before is safe, and nothing is half written. Make room or give write access, then run: gdpr resume';

/** The primary result code of an error that SQLite raised; null for any other error. */
function sqliteCode(thrown: unknown): number | null {
  if (!(thrown instanceof Error) || !('errcode' in thrown)) return null;
  return typeof thrown.errcode === 'number' ? thrown.errcode & 0xff : null;
}

/** Whether the file or the disk failed, so that nothing more can be written in this transaction. */
export function isFailureOfFile(thrown: unknown): boolean {
  const code = sqliteCode(thrown);
  return code !== null && (STORAGE.has(code) || DAMAGED.has(code));
}

/**
 * What to throw for an error met at the ledger: GdprError `storage` for the disk, `ledger` for a
 * damaged file; anything else as it came.
 */
export function faultOf(thrown: unknown, file: string): unknown {
  if (thrown instanceof DamagedRow) return damaged(file, thrown.message, thrown);
  const code = sqliteCode(thrown);
  if (code === null) return thrown;
  if (DAMAGED.has(code)) return damaged(file, reasonOf(thrown), thrown);
  const words = STORAGE.get(code);
  return words === undefined ? thrown : storage(file, words, thrown);
}

export function storage(file: string, words: string, cause: unknown): GdprError {
  return new GdprError('storage', `The ledger ${file} ${words}.`, { next: FREE_AND_RESUME, cause });
}

export function damaged(file: string, words: string, cause?: unknown): GdprError {
  return new GdprError('ledger', `The ledger ${file} is damaged: ${words}.`, {
    next: 'Nothing was overwritten. Keep the file, put a copy from before in its place, or start anew with another --state-dir.',
    cause,
  });
}

/** A file in the ledger's place that is not one. */
export function foreign(file: string, words: string): GdprError {
  return new GdprError('ledger', `${file} is not a ledger of gdpr: ${words}.`, {
    next: 'It was not touched. Move it away, or name another folder with --state-dir.',
  });
}

/** What to throw for a failed file operation while the ledger is opened. */
export function openingFault(thrown: unknown, file: string): unknown {
  if (thrown instanceof Error && 'syscall' in thrown && 'code' in thrown) {
    const full = thrown.code === 'ENOSPC' || thrown.code === 'EDQUOT';
    const words = full ? 'cannot grow: the disk is full' : `cannot be opened: ${thrown.message}`;
    return storage(file, words, thrown);
  }
  const fault = faultOf(thrown, file);
  return fault === thrown && sqliteCode(thrown) !== null
    ? damaged(file, reasonOf(thrown), thrown)
    : fault;
}
