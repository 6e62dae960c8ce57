import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { type ArtifactTarget, type Stored, storeArtifact } from '../../src/files/artifact.ts';

const made: string[] = [];

afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder of its own, gone after the test. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gdpr-files-'));
  made.push(folder);
  return folder;
}

/** Everything below a folder, hidden names included, as sorted relative paths. */
export function listing(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted();
}

export async function* body(
  bytes: string | Uint8Array,
  piece = 65_536,
): AsyncGenerator<Uint8Array, void, undefined> {
  const all = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  for (let at = 0; at < all.length; at += piece) yield all.subarray(at, at + piece);
}

export function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export const QUIET: AbortSignal = new AbortController().signal;

export function target(bundle: string, change: Partial<ArtifactTarget> = {}): ArtifactTarget {
  return {
    bundle,
    path: 'stream/users',
    prefer: 'jsonl',
    countMessages: true,
    mayBeEmpty: false,
    ...change,
  };
}

export function store(
  bundle: string,
  bytes: string | Uint8Array,
  change: Partial<ArtifactTarget> = {},
): Promise<Stored> {
  return storeArtifact(target(bundle, change), body(bytes), null, QUIET);
}

export function codeOf(stored: Stored): string {
  return stored.kind === 'bad' ? stored.error.code : 'stored';
}
