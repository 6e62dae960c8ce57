import { constants, type Stats } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { diskReason, isSystemError } from './disk.ts';
import { networkDisk } from './network-disk.ts';

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
