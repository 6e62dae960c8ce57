import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AtomicFile, syncFolder } from '../host/atomic-file.ts';
import type { Artifact, StepError } from '../requests/request.ts';
import { type BlockWork, blockHash } from './content/block-thread.ts';
import { blocks } from './content/blocks.ts';
import { ContentCheck } from './content/check.ts';
import { type FileReading, type Found, refusal } from './content/text.ts';
import { PRIVATE_FILE, ensureFolder, onDisk, refuseLink } from './folder.ts';

/**
 * Writes a body into `part`, hashing and checking it on the way; `bytes` is the length announced.
 * A body that turns out useless is left at once. Throws what the body throws, the signal's reason,
 * and GdprError `storage`.
 */
async function download(
  part: AtomicFile,
  body: AsyncIterable<Uint8Array>,
  bytes: number | null,
  reading: FileReading,
  signal: AbortSignal,
): Promise<(Found & Omit<Artifact, 'path'>) | StepError> {
  await part.expect(bytes);
  const hash = blockHash(bytes);
  const check = new ContentCheck(reading, bytes);
  try {
    const length = await take(part, blocks(body, signal), bytes, check, hash);
    if (typeof length !== 'number') return length;
    const error = tooShort(length, bytes);
    if (error !== null) return error;
    const found = await onDisk(part.path, () => check.end(part.fd, length, signal));
    return 'code' in found ? found : { bytes: length, sha256: await hash.end(), ...found };
  } finally {
    await Promise.all([hash.close(), check.close()]);
  }
}

/** Takes in the blocks, and answers with their length. A block is written while it is checked. */
async function take(
  part: AtomicFile,
  incoming: AsyncIterable<Uint8Array>,
  bytes: number | null,
  check: ContentCheck,
  hash: BlockWork<void, string>,
): Promise<number | StepError> {
  let length = 0;
  let pending: Promise<unknown> = Promise.resolve();
  try {
    for await (const block of incoming) {
      await pending;
      pending = Promise.all([part.write(block), hash.feed(block)]);
      length += block.length;
      const error = tooLong(length, bytes) ?? (await check.feed(block));
      if (error !== null) return error;
    }
  } finally {
    await Promise.allSettled([pending]);
  }
  await pending;
  return length;
}

function tooLong(length: number, bytes: number | null): StepError | null {
  if (bytes === null || length <= bytes) return null;
  return refusal('file_long', `the file is longer than the ${bytes} bytes announced`);
}

function tooShort(length: number, bytes: number | null): StepError | null {
  if (length === 0) return refusal('file_empty', 'the file is empty (0 bytes)');
  if (bytes === null || length === bytes) return null;
  return refusal('file_short', `the file is short: ${length} of ${bytes} bytes came`);
}

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
