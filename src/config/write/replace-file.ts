import { readFile, realpath } from 'node:fs/promises';
import { GdprError } from '../../errors.ts';
import { writeWhole } from '../../host/atomic-file.ts';

/** What a file is to say. */
interface Written {
  text: string;
  /** Permission bits. */
  mode: number;
  /** What it said when that was made; null: there was none; absent: whatever it says. */
  before?: string | null;
}

/**
 * Writes a file whole, or leaves what stood there. Throws GdprError `storage` when it cannot be
 * written, `guard` when its place no longer holds what it held `before`. A link stays one.
 */
export async function replaceFile(
  path: string,
  { text, mode, before }: Written,
  newId: () => string,
): Promise<void> {
  const isThere = before !== undefined && before !== null;
  const target = isThere ? await onDisk(path, () => realpath(path)) : path;
  await writeWhole(target, [Buffer.from(text)], {
    mode,
    newId,
    onDisk: (_, work) => onDisk(target, work),
    async check() {
      if (before !== undefined && (await textAt(target)) !== before) throw changed(path);
    },
  });
}

async function onDisk<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown)) throw thrown;
    throw new GdprError('storage', `Cannot write ${path} (${String(thrown.code)}).`, {
      next: 'Nothing was written. Free space or fix the folder, then run the same command again.',
      cause: thrown,
    });
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

function changed(path: string): GdprError {
  return new GdprError('guard', `Refused: ${path} was changed in the meantime.`, {
    next: 'Nothing was written. Look at the file, then run the same command again.',
  });
}
