import { open, readFile, realpath, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { GdprError } from '../../errors.ts';

/** What a file is to say. */
export interface Written {
  text: string;
  /** Permission bits. */
  mode: number;
}

/** And what it said when that was made; null: there was none. */
export interface Replacement extends Written {
  before: string | null;
}

/**
 * As `writeWhole`, but a link stays one. Throws GdprError `guard` also when the place no longer holds
 * what it held.
 */
export async function replaceFile(
  path: string,
  { text, before, mode }: Replacement,
  newId: () => string,
): Promise<void> {
  const target = before === null ? path : await onDisk(path, () => realpath(path));
  await writeWhole(target, { text, mode }, newId, async () => {
    if ((await textAt(target)) !== before) throw changed(path);
  });
}

/**
 * Writes a file beside its place, synced, and renames it into it. Throws GdprError `storage` when it
 * cannot be written, and whatever `check` does, right before the file is there.
 */
export async function writeWhole(
  path: string,
  { text, mode }: Written,
  newId: () => string,
  check: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  await onDisk(path, async () => {
    const temporary = `${path}.${newId()}.part`;
    try {
      await writeSynced(temporary, text, mode);
      await check();
      await rename(temporary, path);
    } finally {
      await rm(temporary, { force: true });
    }
    await syncFolder(dirname(path));
  });
}

async function onDisk<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
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
