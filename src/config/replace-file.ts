import { open, readFile, realpath, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { GdprError } from '../errors.ts';

/** What a file is to say, and what it said when that was made; null: there was none. */
export interface Replacement {
  text: string;
  before: string | null;
  /** Permission bits. */
  mode: number;
}

/**
 * Writes a file beside its place, synced, and renames it into it; a link stays one. Throws GdprError
 * `guard` when the place no longer holds what it held, and `storage` when it cannot be written.
 */
export async function replaceFile(
  path: string,
  { text, before, mode }: Replacement,
  newId: () => string,
): Promise<void> {
  try {
    const target = before === null ? path : await realpath(path);
    const temporary = `${target}.${newId()}.part`;
    try {
      await writeSynced(temporary, text, mode);
      if ((await textAt(target)) !== before) throw changed(path);
      await rename(temporary, target);
    } finally {
      await rm(temporary, { force: true });
    }
    await syncFolder(dirname(target));
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown)) throw thrown;
    throw new GdprError('storage', `Cannot write ${path} (${String(thrown.code)}).`, {
      next: 'Nothing was written. Free space or mend the folder, then run the same command again.',
      cause: thrown,
    });
  }
}

async function writeSynced(path: string, text: string, mode: number): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    // The mode at opening is cut by the umask.
    await file.chmod(mode);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function textAt(path: string): Promise<string | null> {
  try {
    // As the reader of configurations does: without a byte order mark.
    return new TextDecoder().decode(await readFile(path));
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return null;
    throw thrown;
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function changed(path: string): GdprError {
  return new GdprError('guard', `Refused: ${path} was changed in the meantime.`, {
    next: 'Nothing was written. Look at the file, then run the same command again.',
  });
}
