import { dirname, join } from 'node:path';
import { rm } from 'node:fs/promises';
import type { Artifact, StepError } from '../requests/request.ts';
import { onDisk } from './disk.ts';
import { ensureFolder, refuseLink, syncFolder } from './folder.ts';
import { PartFile } from './part-file.ts';
import { receive } from './receive.ts';

const FORMATS: readonly Artifact['format'][] = ['json', 'jsonl', 'zip'];

/** Where a file goes and how it is read. */
export interface ArtifactTarget {
  /** The bundle's folder, absolute. */
  bundle: string;
  /** In the bundle, without extension: that follows the content. */
  path: string;
  /** Decides only between JSON and JSON lines, and only for a file of a single line. */
  prefer: Artifact['format'];
  /** Whether to look for Stream's limit of 10,000 messages (its users export). */
  countMessages: boolean;
}

/** `cut`: whole as a file, but Stream's limit may have shortened what it holds. */
export type Stored =
  | { kind: 'stored'; artifact: Artifact; cut: boolean }
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
  const reading = { preferLines: target.prefer === 'jsonl', countMessages: target.countMessages };
  const part = await PartFile.create(stem);
  try {
    const received = await receive(part, body, bytes, reading, signal);
    if (received.kind === 'bad') return received;
    const { facts, cut } = received;
    signal.throwIfAborted();
    await part.place(`${stem}.${facts.format}`);
    await removeOthers(stem, facts.format);
    return { kind: 'stored', artifact: { path: `${target.path}.${facts.format}`, ...facts }, cut };
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
