import { type Stats, constants } from 'node:fs';
import { lstat, open, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { nullOn } from './folder.ts';
import { linksFrom } from './links.ts';

/** What no file that an operator names for output may touch. Paths are absolute. */
export interface Kept {
  /** The state folder, with the ledgers of all profiles. */
  state: string;
  /** The user's folder of configuration. */
  configFolder: string;
  /** The configuration files that were found or named. */
  configFiles: readonly string[];
  /** How a configuration file that is found is called. */
  configNames: readonly string[];
}

/** A kind of file that we write. */
export interface OwnKind {
  /** In words. */
  name: string;
  /** How each of them begins. */
  begin: RegExp;
}

/** So much of a file tells its kind. */
const BEGINNING = 64;

const REQUEST_ID = /^req_[0-9a-z]{26}$/i;

/**
 * Why nothing may be written to `path`: it is kept, by any of its names, or what stands there is of
 * another kind. Null: nothing is lost; an empty file is no loss. Throws what the system says.
 */
export async function objection(path: string, kept: Kept, kind: OwnKind): Promise<string | null> {
  const reason = await placeObjection(path, kept);
  if (reason !== null) return reason;
  const found = await statAt(path);
  if (found === null || !found.isFile()) return null;
  // Not opened either: to close another name of the ledger would give up SQLite's locks on it.
  if (found.nlink > 1) return 'it has other names (hard links)';
  if (found.size === 0 || kind.begin.test(await beginning(path))) return null;
  return `what stands there is no ${kind.name}`;
}

/** The same for the place alone: that of `path`, and of all that its links lead to. */
export async function placeObjection(path: string, kept: Kept): Promise<string | null> {
  for await (const each of linksFrom(path)) {
    if (kept.configNames.includes(basename(each).toLowerCase())) return CONFIG;
    for (const file of kept.configFiles) if (await isSame(each, file)) return CONFIG;
    for (const folder of foldersFrom(each)) {
      const reason = await folderObjection(folder, kept);
      if (reason !== null) return reason;
    }
    if (await stands(join(dirname(each), 'ledger.sqlite'))) return 'a ledger is beside it';
  }
  return null;
}

const CONFIG = 'it is a configuration file';

async function folderObjection(folder: string, kept: Kept): Promise<string | null> {
  if (await isSame(folder, kept.state)) return 'it is in the state folder';
  if (await isSame(folder, kept.configFolder)) return 'it is in the folder of the configuration';
  const isBundle =
    REQUEST_ID.test(basename(folder)) ||
    ((await stands(join(folder, 'receipt.json'))) && (await stands(join(folder, 'SHA256SUMS'))));
  return isBundle ? `it is in the bundle ${folder}` : null;
}

/** The path itself, since a folder may come to stand there, and all above it. */
function* foldersFrom(path: string): Generator<string> {
  for (let folder = path; ; folder = dirname(folder)) {
    yield folder;
    if (folder === dirname(folder)) return;
  }
}

/** Whether one of the folders, which will be made, is `path` or lies below it. */
export async function isOnTheWayTo(path: string, folders: readonly string[]): Promise<boolean> {
  for (const folder of folders) if (`${await settled(folder)}/`.startsWith(`${path}/`)) return true;
  return false;
}

/** Without links, as far as it stands. */
async function settled(path: string): Promise<string> {
  const real = await realpath(path).catch(ABSENT);
  return real ?? join(await settled(dirname(path)), basename(path));
}

/** Whether both lead to the same: not by their names, of which there may be many. */
async function isSame(one: string, other: string): Promise<boolean> {
  const [left, right] = await Promise.all([statAt(one), statAt(other)]);
  return left !== null && left.dev === right?.dev && left.ino === right.ino;
}

async function stands(path: string): Promise<boolean> {
  return (await lstat(path).catch(ABSENT)) !== null;
}

function statAt(path: string): Promise<Stats | null> {
  return stat(path).catch(ABSENT);
}

const ABSENT = nullOn('ENOENT', 'ENOTDIR');

async function beginning(path: string): Promise<string> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(BEGINNING), 0, BEGINNING, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await handle.close();
  }
}
