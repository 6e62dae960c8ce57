import { type Stats, constants, lstatSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { extname } from 'node:path';
import { defaultLoaders } from 'cosmiconfig';

const LARGEST = 1024 * 1024;

/** A small file as it was read once. */
export interface Guarded {
  text: string;
  /** What `text` was made of. */
  bytes: Uint8Array;
  stats: Stats;
}

/** Why a file that is not there is not read. */
export const MISSING = 'does not exist';

/**
 * Reads a small file that may decide about accounts and secrets. Judged is the very file that is
 * read (its open handle), so that nobody can exchange it in between. `judge` says what speaks
 * against it, or null. Not waiting for a writer: a pipe in its place is refused, not waited for.
 */
export async function readGuarded(
  path: string,
  judge: (stats: Stats) => string | null,
): Promise<Guarded | { fault: string }> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = await file.stat();
      const fault = regular(stats) ?? judge(stats);
      if (fault !== null) return { fault };
      const bytes = await file.readFile();
      return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), bytes, stats };
    } finally {
      await file.close();
    }
  } catch (error) {
    return { fault: unreadable(error) };
  }
}

/** A configuration file, and the link that may lead to it, must be ours or root's, and nobody else's to write. */
export function configFileFault(path: string, stats: Stats, uid: number): string | null {
  if (hasMode(stats, 0o022)) return 'is refused: other users can write it (chmod go-w it)';
  return ownerFault(stats, uid) ?? ownerFault(lstatSync(path), uid);
}

/** What the owner of a file speaks against it, for the user `uid`; root may own anything. */
export function ownerFault(stats: Stats, uid: number): string | null {
  if (stats.uid === 0 || stats.uid === uid) return null;
  return `is refused: another user (uid ${stats.uid}) owns it`;
}

/** Whether any of these permission bits (octal, as for chmod) is set. */
export function hasMode(stats: Stats, bits: number): boolean {
  return (stats.mode & bits) !== 0;
}

function regular(stats: Stats): string | null {
  if (!stats.isFile()) return 'is not a regular file';
  return stats.size > LARGEST ? 'is larger than 1 MiB' : null;
}

/** Never the thrown message: it is not ours, and may quote what it read. */
export function unreadable(error: unknown): string {
  if (!(error instanceof Error)) throw error;
  const code = 'code' in error ? error.code : null;
  if (code === 'ENOENT' || code === 'ENOTDIR') return MISSING;
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'is not UTF-8';
  if (code === 'ENXIO') return 'is not a regular file';
  if (typeof code === 'string') return `cannot be read (${code})`;
  throw error;
}

/** What a file says, or where it stops being readable. */
export type Parsed = { value: unknown } | { fault: string };

/**
 * Parses the text of a configuration file by cosmiconfig's loaders: JSON by the extension `.json`,
 * YAML by `.yaml`, `.yml` or none. A fault says where, and never quotes the text, which the
 * parsers' own messages do: it may be a secret. A file without content is an empty mapping.
 */
export function parseConfig(path: string, text: string): Parsed {
  const extension = extname(path);
  const load = LOADERS.get(extension);
  if (load === undefined) {
    return { fault: `is not a configuration file: "${extension}" is neither JSON nor YAML` };
  }
  if (text.split('\n').every((line) => /^\s*(?:#.*)?$/.test(line))) return { value: {} };
  try {
    return { value: load(path, text) };
  } catch (error) {
    return { fault: `is not valid ${extension === '.json' ? 'JSON' : 'YAML'}${place(error)}` };
  }
}

const LOADERS: ReadonlyMap<string, (path: string, text: string) => unknown> = new Map([
  ['.json', defaultLoaders['.json']],
  ['.yaml', defaultLoaders['.yaml']],
  ['.yml', defaultLoaders['.yaml']],
  ['', defaultLoaders.noExt],
]);

/** Line and column, where the parser says so: YAML in `mark`, JSON in its message. */
function place(error: unknown): string {
  const { mark, message } = Object(error);
  const [line, column] =
    mark === undefined
      ? (/\(line (\d+) column (\d+)\)$/.exec(String(message))?.slice(1) ?? [])
      : [mark.line + 1, mark.column + 1];
  return line === undefined ? '' : ` (line ${line}, column ${column})`;
}
