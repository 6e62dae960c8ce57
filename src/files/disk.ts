import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { GdprError } from '../errors.ts';

/** What a file that is received leaves free, bytes: the ledger and others write on the same disk. */
const RESERVE = 256 * 1024 * 1024;

const WORDS: ReadonlyMap<string, string> = new Map([
  ['ENOSPC', 'the disk is full'],
  ['EDQUOT', 'the disk quota is used up'],
  ['EFBIG', 'the file is too large for this disk'],
  ['EROFS', 'the disk is read-only'],
  ['EACCES', 'permission is missing'],
  ['EPERM', 'permission is missing'],
  ['EMFILE', 'too many files are open'],
  ['ENFILE', 'too many files are open'],
  ['ENOENT', 'it is not there'],
  ['ENOTDIR', 'a file stands where a folder should be'],
  ['EISDIR', 'a folder stands where a file should be'],
  ['ELOOP', 'it is a symbolic link'],
  ['EIO', 'the disk reports a fault'],
]);

/** Whether a system call failed, as against what the bytes of a file say. */
export function isSystemError(thrown: unknown): thrown is NodeJS.ErrnoException {
  return thrown instanceof Error && 'syscall' in thrown && 'code' in thrown;
}

/** What a system call answers that fails with one of these codes, or with any: null. The rest is thrown. */
export function nullOn(...codes: readonly string[]): (thrown: unknown) => null {
  return (thrown) => {
    if (isSystemError(thrown) && (codes.length === 0 || codes.includes(thrown.code ?? '')))
      return null;
    throw thrown;
  };
}

/** What a failed system call means, in words. */
export function diskReason(thrown: NodeJS.ErrnoException): string {
  return WORDS.get(thrown.code ?? '') ?? thrown.message;
}

/** The local disk is in the way: GdprError `storage` (exit 8). */
export function storageError(path: string, reason: string, cause?: unknown): GdprError {
  return new GdprError('storage', `Cannot write ${path}: ${reason}.`, {
    next: 'Nothing that looks whole was left. Fix this, then run: gdpr resume',
    cause,
  });
}

/** Throws GdprError `storage` where a file at `path` that is to grow by so many bytes has no room. */
export async function requireRoom(path: string, bytes: number): Promise<void> {
  const { blocks, bavail, bsize } = await statfs(dirname(path));
  // Some file systems do not tell.
  if (blocks === 0 || bavail * bsize >= bytes + RESERVE) return;
  throw storageError(path, 'the disk would be full');
}

/** Does something with the local disk; a system call that fails is thrown as GdprError `storage`. */
export async function onDisk<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (!isSystemError(thrown)) throw thrown;
    throw storageError(path, diskReason(thrown), thrown);
  }
}
