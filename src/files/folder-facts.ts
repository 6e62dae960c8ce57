import { type Stats, constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { diskReason, isSystemError } from './disk.ts';

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
  const disk = await statfs(nearest).catch(unlessSystemError);
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

function unlessSystemError(thrown: unknown): null {
  if (isSystemError(thrown)) return null;
  throw thrown;
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
