import { readlink, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { nullOn } from './folder.ts';

/** Where the system lists what a process has open. */
const LISTED = /^(?:\/dev|\/proc\/[^\/]+(?:\/task\/\d+)?)\/fd\/(?<fd>\d+)$/v;

/** So many links are followed, as Linux does. */
const MOST_LINKS = 40;

/**
 * The number under which a process has open what a path leads to (`/dev/stdout`: 1); null: it leads to
 * no such thing. What is open is itself shown as a link, to whatever lies behind it.
 */
export async function openNumber(file: string): Promise<number | null> {
  for await (const path of linksFrom(file)) {
    const fd = LISTED.exec(path)?.groups?.['fd'];
    if (fd !== undefined) return Number(fd);
  }
  return null;
}

/**
 * A path, and what it leads to link by link, each in its folder without links. What is wrong with it
 * is told by whoever opens it.
 */
export async function* linksFrom(file: string): AsyncGenerator<string, void, undefined> {
  let path = file;
  for (let links = 0; links < MOST_LINKS; links += 1) {
    const folder = await realpath(dirname(path)).catch(nullOn());
    if (folder === null) return;
    path = join(folder, basename(path));
    yield path;
    const next = await readlink(path).catch(nullOn());
    if (next === null) return;
    path = isAbsolute(next) ? next : `${folder}/${next}`;
  }
}
