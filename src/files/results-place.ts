import { constants, type Stats } from 'node:fs';
import { access, lstat, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { GdprError } from '../errors.ts';
import { diskReason, isSystemError } from './disk.ts';

/** Names that lead to what the process has open: what is there is written on, never replaced. */
const OPEN_ALREADY = /^\/dev\/(?:stdout|stderr|fd\/\d+)$|^\/proc\/(?:self|\d+)\/fd\/\d+$/;

/** Where results go, as `prepareResults` found it. */
export interface ResultsPlace {
  /** As the operator named it. */
  name: string;
  /** Without symbolic links, except for what is written into. */
  path: string;
  /** A device or a pipe takes what is written as it comes; a file stands there whole, or not at all. */
  into: 'file' | 'stream';
  /** JSON lines of receipts, and not CSV. */
  isReceipts: boolean;
}

/**
 * Makes sure, before anything is sent, that results can be written to `file` at the end: its folder is
 * there and can be written, and it is neither a folder nor the `input` (a path, `-` for standard input; null: there is none).
 * Nothing is made or changed. Throws GdprError `usage`.
 */
export async function prepareResults(file: string, input: string | null): Promise<ResultsPlace> {
  try {
    const place = await placeOf(file);
    if (input !== null && (await isSame(file, input))) {
      throw unusable(file, 'it is the file that the subjects are read from');
    }
    return place;
  } catch (thrown) {
    if (!isSystemError(thrown)) throw thrown;
    throw unusable(file, diskReason(thrown), thrown);
  }
}

async function placeOf(file: string): Promise<ResultsPlace> {
  if (file === '') throw unusable('""', 'the name is empty');
  const facts = { name: file, isReceipts: file.endsWith('.jsonl') };
  const found = await statOf(file);
  if (found === null) return { ...facts, path: await newPlace(file), into: 'file' };
  if (found.isDirectory()) throw unusable(file, 'it is a folder');
  if (found.isCharacterDevice() || found.isFIFO() || OPEN_ALREADY.test(file)) {
    return { ...facts, path: file, into: 'stream' };
  }
  if (!found.isFile()) throw unusable(file, 'it is neither a file nor a pipe');
  const path = await realpath(file);
  await access(path, constants.W_OK);
  await access(dirname(path), constants.W_OK | constants.X_OK);
  return { ...facts, path, into: 'file' };
}

async function newPlace(file: string): Promise<string> {
  if (file.endsWith('/')) throw unusable(file, 'it is named like a folder');
  const folder = await realpath(dirname(file));
  if (!(await stat(folder)).isDirectory()) throw unusable(file, 'its folder is a file');
  await access(folder, constants.W_OK | constants.X_OK);
  return join(folder, basename(file));
}

/** What a link leads to counts; one that leads nowhere is refused. Null: nothing is there. */
async function statOf(file: string): Promise<Stats | null> {
  const found = await stat(file).catch(absent);
  if (found !== null) return found;
  const link = await lstat(file).catch(absent);
  if (link !== null) throw unusable(file, 'it is a link that leads nowhere');
  return null;
}

function absent(thrown: unknown): null {
  if (isSystemError(thrown) && thrown.code === 'ENOENT') return null;
  throw thrown;
}

async function isSame(file: string, input: string): Promise<boolean> {
  const [results, subjects] = await Promise.all([
    stat(file).catch(absent),
    stat(input === '-' ? '/dev/stdin' : input).catch(() => null),
  ]);
  // Both ends of a terminal are the same device, and nothing is lost there.
  if (results === null || subjects === null || !results.isFile()) return false;
  return results.dev === subjects.dev && results.ino === subjects.ino;
}

function unusable(file: string, reason: string, cause?: unknown): GdprError {
  return new GdprError('usage', `Cannot write results to ${file}: ${reason}.`, {
    next: 'Nothing was sent. Name another file with --results.',
    cause,
  });
}
