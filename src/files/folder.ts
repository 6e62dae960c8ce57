import { constants } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { chmod, lstat, mkdir, open, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type FileRules, syncFolder } from '../host/atomic-file.ts';
import { isSystemError, onDisk, requireRoom, storageError } from './disk.ts';

const PRIVATE = 0o700;
const PERMISSIONS = 0o777;

/**
 * Makes sure that `bundle`, and the folders `below` it, are real folders of mode 0700, and answers
 * with the innermost. Folders above the bundle may be what the operator likes. Throws GdprError
 * `storage`, also for a symbolic link in the place of one of ours.
 */
export async function ensureFolder(bundle: string, below: readonly string[]): Promise<string> {
  return onDisk(bundle, async () => {
    await makeFolder(dirname(bundle));
    let folder = bundle;
    await ensureOne(folder);
    for (const name of below) {
      folder = join(folder, name);
      await ensureOne(folder);
    }
    return folder;
  });
}

/**
 * Makes a folder, mode 0700, and what is missing above it; false: something stands there already.
 * Not `mkdir` with `recursive`: that never returns where a file system answers ENOENT for good.
 */
export async function makeFolder(folder: string, again = true): Promise<boolean> {
  try {
    await mkdir(folder, { mode: PRIVATE });
    await chmod(folder, PRIVATE);
    return true;
  } catch (thrown) {
    if (!isSystemError(thrown)) throw thrown;
    if (thrown.code === 'EEXIST') return false;
    if (thrown.code !== 'ENOENT' || !again) throw thrown;
    await makeFolder(dirname(folder));
    return makeFolder(folder, false);
  }
}

async function ensureOne(folder: string): Promise<void> {
  return onDisk(folder, async () => {
    const isNew = await makeFolder(folder);
    if (!isNew) await refuseLink(folder);
    const handle = await open(
      folder,
      constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW,
    );
    try {
      const { mode } = await handle.stat();
      if ((mode & PERMISSIONS) !== PRIVATE) await handle.chmod(PRIVATE);
    } finally {
      await handle.close();
    }
    if (isNew) await syncFolder(dirname(folder));
  });
}

/** Refuses a symbolic link where a file of ours is to stand; nothing there is fine. */
export async function refuseLink(path: string): Promise<void> {
  return onDisk(path, async () => {
    const found = await lstat(path).catch((thrown: unknown) => {
      if (isSystemError(thrown) && thrown.code === 'ENOENT') return null;
      throw thrown;
    });
    if (found?.isSymbolicLink() === true) throw storageError(path, 'it is a symbolic link');
  });
}

/** Files of a bundle, and results: failures are GdprError `storage`; one left by a crash is removed. */
export const PRIVATE_FILE: FileRules = {
  mode: 0o600,
  newId: randomUUID,
  onDisk,
  prepare: removeParts,
  requireRoom,
  check: refuseLink,
};

/** What comes after the name of the place. */
const PART = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.part$/v;

/** What runs that did not live to remove it have left beside a place, and no file of anybody else. */
async function removeParts(place: string): Promise<void> {
  const folder = dirname(place);
  const beginning = `.${basename(place)}.`;
  for (const name of await readdir(folder)) {
    if (name.startsWith(beginning) && PART.test(name.slice(beginning.length))) {
      await rm(join(folder, name), { force: true });
    }
  }
}
