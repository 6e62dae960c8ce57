import type { Artifact, StepError } from '../requests/request.ts';
import type { AtomicFile } from '../host/atomic-file.ts';
import { blocks } from './content/blocks.ts';
import { ContentCheck } from './content/check.ts';
import { refusal } from './content/fault.ts';
import { type BlockWork, blockHash } from './content/block-thread.ts';
import type { FileReading, Found } from './content/text.ts';
import { onDisk } from './disk.ts';

/**
 * Writes a body into `part`, hashing and checking it on the way; `bytes` is the length announced.
 * A body that turns out useless is left at once. Throws what the body throws, the signal's reason,
 * and GdprError `storage`.
 */
export async function download(
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
