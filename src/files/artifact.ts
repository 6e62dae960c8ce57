import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Artifact, StepError } from '../requests/request.ts';
import { AtomicFile, syncFolder } from '../host/atomic-file.ts';
import type { FileReading } from './content/text.ts';
import { onDisk } from './disk.ts';
import { download } from './download.ts';
import { PRIVATE_FILE, ensureFolder, refuseLink } from './folder.ts';

const FORMATS: readonly Artifact['format'][] = ['json', 'jsonl', 'zip'];

/** Where a file goes, and how it is read. */
export interface ArtifactTarget extends FileReading {
  /** The bundle's folder, absolute. */
  bundle: string;
  /** In the bundle, without extension: that follows the content. */
  path: string;
}

/** Whole as a file; what it holds may be shortened by Stream's limit, or be known to nobody. */
export type Stored =
  | { kind: 'stored'; artifact: Artifact; cut: boolean; recognised: boolean }
  | { kind: 'bad'; error: StepError };

/**
 * Receives a file into a bundle: temporary name, hash and checks on the way, fsync, rename. It stands
 * in its place only if it is whole; otherwise nothing is left and what stood there is not touched.
 * `bytes` is the length announced, null if it was not. Throws GdprError `storage` for the local disk,
 * what `body` throws as it is, and the signal's reason.
 */
export async function storeArtifact(
  target: ArtifactTarget,
  body: AsyncIterable<Uint8Array>,
  bytes: number | null,
  signal: AbortSignal,
): Promise<Stored> {
  const stem = join(target.bundle, target.path);
  const below = dirname(target.path)
    .split('/')
    .filter((name) => name !== '.');
  await ensureFolder(target.bundle, below);
  for (const format of FORMATS) await refuseLink(`${stem}.${format}`);
  const part = await AtomicFile.create(stem, PRIVATE_FILE);
  try {
    const received = await download(part, body, bytes, target, signal);
    if ('code' in received) return { kind: 'bad', error: received };
    const { cut, recognised, ...facts } = received;
    signal.throwIfAborted();
    await part.place(`${stem}.${facts.format}`);
    await removeOthers(stem, facts.format);
    const artifact = { path: `${target.path}.${facts.format}`, ...facts };
    return { kind: 'stored', artifact, cut, recognised };
  } finally {
    await part.discard();
  }
}

/** A file of an earlier try, under another extension, must not stand beside this one. */
async function removeOthers(stem: string, kept: Artifact['format']): Promise<void> {
  await onDisk(stem, async () => {
    for (const format of FORMATS) {
      if (format !== kept) await rm(`${stem}.${format}`, { force: true });
    }
    await syncFolder(dirname(stem));
  });
}
