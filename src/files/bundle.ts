import { hash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, realpath, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GdprError } from '../errors.ts';
import { writeWhole } from '../host/atomic-file.ts';
import type { Artifact } from '../requests/request.ts';
import {
  PRIVATE_FILE,
  diskReason,
  ensureFolder,
  isSystemError,
  makeFolder,
  nullOn,
  onDisk,
} from './folder.ts';

/** The receipt of a request, as it is to stand in its bundle. */
export interface BundleReceipts {
  json: string;
  text: string;
}

/** The folder of a request's files: `<outDir>/<requestId>`, without anything about the person. */
export function bundlePath(outDir: string, requestId: string): string {
  return join(outDir, requestId);
}

/**
 * Makes sure, before anything is sent, that bundles can be written into `outDir`. What is missing is
 * made with mode 0700. A folder that is the default, or was made here, gets a `.gitignore` holding
 * `*`; one that the operator had before is left as it is. Throws GdprError `usage` (exit 2).
 */
export async function prepareOutDir(
  outDir: string,
  { isDefault }: { isDefault: boolean },
): Promise<void> {
  try {
    const made = await makeFolder(outDir);
    if (!(await stat(outDir)).isDirectory()) throw unusable(outDir, 'it is not a folder');
    await access(outDir, constants.W_OK | constants.X_OK);
    if (isDefault || made) await ignoreForGit(outDir);
  } catch (thrown) {
    if (!isSystemError(thrown)) throw thrown;
    throw unusable(outDir, diskReason(thrown), thrown);
  }
}

/**
 * Puts `receipt.json`, `receipt.txt` and, last, `SHA256SUMS` into a bundle, each whole or not at all.
 * The sums of the artifacts are the ones taken when they were received; that the files are there, in
 * their length, is checked. May be repeated. Throws GdprError `storage`.
 */
export async function sealBundle(
  bundle: string,
  texts: BundleReceipts,
  artifacts: readonly Artifact[],
): Promise<void> {
  await ensureFolder(bundle, []);
  for (const artifact of artifacts) await requireWhole(bundle, artifact);
  const sums: Pick<Artifact, 'path' | 'sha256'>[] = [...artifacts];
  const write = async (path: string, text: string): Promise<void> => {
    await writeWhole(join(bundle, path), [Buffer.from(text)], PRIVATE_FILE);
    sums.push({ path, sha256: hash('sha256', text) });
  };
  await write('receipt.json', texts.json);
  await write('receipt.txt', texts.text);
  await write('SHA256SUMS', sumsText(sums));
}

/** What `sha256sum -c` reads: hash, two blanks, path; sorted by path, code unit by code unit. */
function sumsText(sums: readonly Pick<Artifact, 'path' | 'sha256'>[]): string {
  const sorted = sums.toSorted((left, right) => (left.path < right.path ? -1 : 1));
  return sorted.map(({ path, sha256 }) => `${sha256}  ${path}\n`).join('');
}

async function requireWhole(bundle: string, { path, bytes }: Artifact): Promise<void> {
  const found = await onDisk(bundle, () => lengthOf(bundle, path));
  if (found === bytes) return;
  const what = found === null ? 'is missing' : `has ${found} bytes, ${bytes} were received`;
  throw new GdprError('storage', `Cannot seal ${bundle}: ${path} ${what}.`, {
    next: 'No checksums were written. Put the file back and run gdpr resume, or export again with --new.',
  });
}

/** Null: there is no such file. A folder is none, nor is what a link leads to. */
async function lengthOf(bundle: string, path: string): Promise<number | null> {
  const place = join(bundle, path);
  const found = await stat(place).catch(nullOn('ENOENT', 'ENOTDIR'));
  if (found?.isFile() !== true) return null;
  return (await realpath(place)) === join(await realpath(bundle), path) ? found.size : null;
}

/** Personal data must not slip into a repository. What the operator wrote there stays. */
async function ignoreForGit(outDir: string): Promise<void> {
  const rules = { flag: 'wx', mode: PRIVATE_FILE.mode };
  await writeFile(join(outDir, '.gitignore'), '*\n', rules).catch(nullOn('EEXIST'));
}

function unusable(outDir: string, reason: string, cause?: unknown): GdprError {
  return new GdprError('usage', `Cannot put files into ${outDir}: ${reason}.`, {
    next: 'Nothing was sent. Name another folder with --out, or fix this one.',
    cause,
  });
}
