import { readlink, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { isSystemError } from './disk.ts';

/** Where the system lists what a process has open. */
const LISTED = /^(?:\/dev|\/proc\/[^\/]+(?:\/task\/\d+)?)\/fd\/(?<fd>\d+)$/v;

/** So many links are followed, as Linux does. */
const MOST_LINKS = 40;

/**
 * The number under which a process has open what a path leads to (`/dev/stdout`: 1); null: it leads to
 * no such thing. Its links are followed one by one, since what is open is itself shown as a link, to
 * whatever lies behind it.
 */
export async function openNumber(file: string): Promise<number | null> {
  let path = file;
  for (let links = 0; links < MOST_LINKS; links += 1) {
    const folder = await realpath(dirname(path)).catch(unknown);
    if (folder === null) return null;
    path = join(folder, basename(path));
    const fd = LISTED.exec(path)?.groups?.['fd'];
    if (fd !== undefined) return Number(fd);
    const next = await readlink(path).catch(unknown);
    if (next === null) return null;
    path = isAbsolute(next) ? next : `${folder}/${next}`;
  }
  return null;
}

/** Whoever opens the path tells what is wrong with it. */
function unknown(thrown: unknown): null {
  if (isSystemError(thrown)) return null;
  throw thrown;
}
