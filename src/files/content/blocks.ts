/**
 * Small pieces cost a turn each; twice as large a block does not stay in the cache until the threads
 * that hash, read and write it have had it (measured: writing took three times as long).
 */
const BLOCK = 256 * 1024;

/**
 * The body in blocks of one size (the last may be shorter), from two buffers in turn: a block is
 * overwritten when the one after the next is asked for, so it can be written while the next is
 * gathered. Throws what the body throws, and the signal's reason as soon as it aborts.
 */
export async function* blocks(
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const buffers: [Buffer, Buffer] = [sharedBuffer(), sharedBuffer()];
  let buffer = buffers[0];
  let filled = 0;
  for await (const piece of untilAborted(body, signal)) {
    let taken = 0;
    while (taken < piece.length) {
      const part = piece.subarray(taken, taken + BLOCK - filled);
      buffer.set(part, filled);
      taken += part.length;
      filled += part.length;
      if (filled < BLOCK) continue;
      yield buffer;
      buffer = buffer === buffers[0] ? buffers[1] : buffers[0];
      filled = 0;
    }
  }
  if (filled > 0) yield buffer.subarray(0, filled);
}

/** A thread that hashes a block reads it where it is. */
function sharedBuffer(): Buffer {
  return Buffer.from(new SharedArrayBuffer(BLOCK));
}

/** The body's pieces; an abort ends the wait for the next one, even if the body does not notice. */
async function* untilAborted(
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const iterator = body[Symbol.asyncIterator]();
  let wake: (() => void) | null = null;
  const onAbort = (): void => wake?.();
  signal.addEventListener('abort', onAbort);
  let waiting = false;
  try {
    for (;;) {
      signal.throwIfAborted();
      waiting = true;
      const next = iterator.next();
      const piece = await new Promise<IteratorResult<Uint8Array> | null>((resolve, reject) => {
        wake = () => resolve(null);
        next.then(resolve, reject);
      });
      if (piece === null) continue;
      waiting = false;
      if (piece.done === true) return;
      yield piece.value;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    // A body that was left waiting may never answer: it is told to stop, and not waited for.
    const stopped = Promise.allSettled([iterator.return?.()]);
    if (!waiting && !signal.aborted) await stopped;
  }
}
