import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  statSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { GdprError } from '../../errors.ts';
import { foreign } from '../faults.ts';

/** Makes the folder 0700, and its missing parents; parents that exist keep their mode. */
export function makeFolder(folder: string): void {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found === undefined) makeWithParents(resolve(folder));
  else if (!found.isDirectory()) {
    throw new GdprError('ledger', `${folder} is not a folder.`, {
      next: 'It was not touched. Move it away, or name another folder with --state-dir.',
    });
  }
  if (found !== undefined && (found.mode & 0o077) !== 0) makePrivate(folder);
  accessSync(folder, constants.W_OK | constants.X_OK);
}

/** Somebody else's folder cannot be made private, and is used as it is: the file in it is 0600. */
function makePrivate(folder: string): void {
  try {
    chmodSync(folder, 0o700);
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM')) throw thrown;
  }
}

/** Not `recursive: true`: Node never returns from it where a folder refuses new ones with ENOENT, as /proc does. */
function makeWithParents(folder: string): void {
  const parent = dirname(folder);
  if (parent !== folder && !existsSync(parent)) makeWithParents(parent);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST')) throw thrown;
  }
}

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
