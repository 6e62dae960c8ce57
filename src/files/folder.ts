import { randomUUID } from 'node:crypto';
import { type Stats, constants } from 'node:fs';
import { access, chmod, lstat, mkdir, open, readdir, rm, stat, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { GdprError } from '../errors.ts';
import { type FileRules, syncFolder } from '../host/atomic-file.ts';

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
async function requireRoom(path: string, bytes: number): Promise<void> {
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
    for (const name of ['', ...below]) {
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
    const found = await lstat(path).catch(nullOn('ENOENT'));
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

/** A folder that stands, or the place where it would be made. */
export interface FolderFacts {
  path: string;
  /** Its mode (permission bits) and owner; null: it is not there yet. */
  own: { mode: number; uid: number } | null;
  /** The folder, or the nearest above it that stands. */
  nearest: string;
  /** Why nothing can be written there, in words; null: it can. */
  blocked: string | null;
  /** What is left for this user, bytes; null: it cannot be told. */
  free: number | null;
  /** The kind of network file system, where it is known for one; null: it is none that is known. */
  network: string | null;
}

/** Looks at a folder and at the disk below it. Nothing is made. */
export async function folderFacts(path: string): Promise<FolderFacts> {
  const standing = await nearestOf(path);
  if ('blocked' in standing) {
    return { path, own: null, nearest: path, ...standing, free: null, network: null };
  }
  const { nearest, stats } = standing;
  const disk = await statfs(nearest).catch(nullOn());
  return {
    path,
    own: nearest === path ? { mode: stats.mode & 0o777, uid: stats.uid } : null,
    nearest,
    blocked: stats.isDirectory() ? await blockedBy(nearest) : `${nearest} is not a folder`,
    free: disk === null ? null : disk.bavail * disk.bsize,
    network: disk === null ? null : networkDisk(disk.type),
  };
}

async function nearestOf(
  path: string,
): Promise<{ nearest: string; stats: Stats } | { blocked: string }> {
  for (let nearest = path; ; nearest = dirname(nearest)) {
    try {
      return { nearest, stats: await stat(nearest) };
    } catch (thrown) {
      if (!isSystemError(thrown)) throw thrown;
      const isAbsent = thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR';
      if (!isAbsent || nearest === dirname(nearest)) return { blocked: diskReason(thrown) };
    }
  }
}

async function blockedBy(folder: string): Promise<string | null> {
  try {
    await access(folder, constants.W_OK | constants.X_OK);
    return null;
  } catch (thrown) {
    if (!isSystemError(thrown)) throw thrown;
    return `${folder}: ${diskReason(thrown)}`;
  }
}

/**
 * What statfs(2) of Linux calls file systems of other machines (linux/magic.h). macOS numbers its
 * own anew at each start, so that there, and for FUSE, nothing can be told; nor for 9P, through
 * which a virtual machine sees folders of the machine that it runs on.
 */
const NETWORK: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x5346414f, 'AFS'],
  [0x00c36400, 'Ceph'],
  [0x73757245, 'Coda'],
  [0x0bd00bd0, 'Lustre'],
  [0x01161970, 'GFS2'],
  [0x7461636f, 'OCFS2'],
  [0x47504653, 'GPFS'],
  [0x19830326, 'BeeGFS'],
]);

/** The kind of network file system that statfs names by this number; null: none that is known. */
export function networkDisk(type: number): string | null {
  // Some systems give the number as a signed one.
  return NETWORK.get(type >>> 0) ?? null;
}
