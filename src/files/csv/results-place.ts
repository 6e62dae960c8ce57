import { type Stats, constants } from 'node:fs';
import { access, lstat, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { GdprError } from '../../errors.ts';
import { diskReason, isSystemError, nullOn } from '../folder.ts';
import { openNumber } from '../links.ts';
import { type Kept, type OwnKind, isOnTheWayTo, objection } from '../protected-places.ts';

/** Where results go, as `prepareResults` found it. */
export interface ResultsPlace {
  /** As the operator named it. */
  name: string;
  /** Without symbolic links. */
  path: string;
  /** JSON lines of receipts, and not CSV. */
  isReceipts: boolean;
  kept: Kept;
}

/** What a results file must stay clear of. */
export interface Surroundings {
  /** The file that the subjects are read from, `-` for standard input; null: there is none. */
  input: string | null;
  kept: Kept;
  /** A folder that may have to be made before the results are written; null: none but the state's. */
  outDir: string | null;
}

/** Both of its forms, CSV and JSON lines. */
export const RESULTS: OwnKind = {
  name: 'results file of gdpr',
  begin: /^(?:line,request_id,state,detail[,\n]|\{"schema":"gdpr-receipt\/1",)/v,
};

/** A place that is looked at: `name` as the operator typed it, `path` whole and with its last slash. */
interface Named {
  name: string;
  path: string;
}

/**
 * Makes sure, before anything is sent, that results can be written to `name` (seen from `cwd`) at the
 * end: its folder is there and can be written, and it is neither a folder, nor a pipe or device, nor
 * anything that is open already, nor the `input`, nor anything that would be lost: what is kept, and
 * any file but an empty one and results of ours. Nothing is made or changed. Throws GdprError `usage`.
 */
export async function prepareResults(
  name: string,
  cwd: string,
  { input, kept, outDir }: Surroundings,
): Promise<ResultsPlace> {
  if (name === '') throw unusable('""', 'the name is empty');
  // Not resolved: a slash at the end must stay.
  const named = { name, path: isAbsolute(name) ? name : `${cwd}/${name}` };
  try {
    const path = await placeOf(named);
    if (input !== null && (await isSame(named.path, input))) {
      throw unusable(name, 'it is the file that the subjects are read from');
    }
    const reason = await objection(named.path, kept, RESULTS);
    if (reason !== null) throw unusable(name, reason);
    if (await isOnTheWayTo(path, outDir === null ? [kept.state] : [kept.state, outDir])) {
      throw unusable(name, 'a folder is to be made there');
    }
    return { name, path, isReceipts: name.endsWith('.jsonl'), kept };
  } catch (thrown) {
    if (!isSystemError(thrown)) throw thrown;
    throw unusable(name, diskReason(thrown), thrown);
  }
}

async function placeOf(named: Named): Promise<string> {
  const { name, path } = named;
  const open = await openNumber(path);
  if (open !== null) throw opened(name, open);
  const found = await statOf(named);
  if (found === null) return newPlace(named);
  if (found.isDirectory()) throw unusable(name, 'it is a folder');
  if (!found.isFile()) throw unusable(name, 'it is no file');
  const real = await realpath(path);
  await access(real, constants.W_OK);
  await access(dirname(real), constants.W_OK | constants.X_OK);
  return real;
}

async function newPlace({ name, path }: Named): Promise<string> {
  if (path.endsWith('/')) throw unusable(name, 'it is named like a folder');
  const folder = await realpath(dirname(path));
  if (!(await stat(folder)).isDirectory()) throw unusable(name, 'its folder is a file');
  await access(folder, constants.W_OK | constants.X_OK);
  return join(folder, basename(path));
}

/** What a link leads to counts; one that leads nowhere is refused. Null: nothing is there. */
async function statOf({ name, path }: Named): Promise<Stats | null> {
  const found = await stat(path).catch(ABSENT);
  if (found === null && (await lstat(path).catch(ABSENT)) !== null) {
    throw unusable(name, 'it is a link that leads nowhere');
  }
  return found;
}

const ABSENT = nullOn('ENOENT');

async function isSame(file: string, input: string): Promise<boolean> {
  const [results, subjects] = await Promise.all([
    stat(file).catch(ABSENT),
    stat(input === '-' ? '/dev/stdin' : input).catch(() => null),
  ]);
  if (results === null || subjects === null || !results.isFile()) return false;
  return results.dev === subjects.dev && results.ino === subjects.ino;
}

function opened(name: string, open: number): GdprError {
  const what = ['standard input', 'standard output', 'standard error'][open] ?? 'open already';
  return new GdprError('usage', `Cannot write results to ${name}: it is ${what}.`, {
    next: 'Nothing was sent. Name a file with --results; --json prints receipts to standard output.',
  });
}

function unusable(file: string, reason: string, cause?: unknown): GdprError {
  return new GdprError('usage', `Cannot write results to ${file}: ${reason}.`, {
    next: 'Nothing was sent. Name another file with --results.',
    cause,
  });
}
