import type { Readable } from 'node:stream';
import type { Clock } from '../host.ts';
import { discard } from './file-request.ts';
import { transportFault } from './transport-fault.ts';

/** How long a body may bring nothing while it is waited for, ms. */
const IDLE_LIMIT = 30_000;

/** The next piece of a body. `broken`: the connection ended before the body did. */
type Piece =
  | { kind: 'chunk'; chunk: Uint8Array }
  | { kind: 'end' }
  | { kind: 'broken'; reason: string };

/** A body read piece by piece. */
export interface BodyReader {
  next(): Promise<Piece>;
  close(): void;
}

/** Reads a body under the idle limit. Time in which nobody asks for the next piece does not count. */
export function readBody(body: Readable, clock: Clock): BodyReader {
  const iterator: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator]();
  const over = new AbortController();
  let waitingSince: number | null = null;
  let idle = false;

  const watch = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const waited = waitingSince === null ? 0 : clock.monotonic() - waitingSince;
      if (waited >= IDLE_LIMIT) {
        idle = true;
        discard(body);
        return;
      }
      await clock.sleep(IDLE_LIMIT - waited, over.signal);
    }
  };
  const watching = watch();

  return {
    async next() {
      waitingSince = clock.monotonic();
      try {
        const result = await iterator.next();
        return result.done === true ? { kind: 'end' } : { kind: 'chunk', chunk: result.value };
      } catch (thrown) {
        const reason = idle ? `nothing came for ${IDLE_LIMIT / 1000} s` : transportFault(thrown);
        return { kind: 'broken', reason };
      } finally {
        waitingSince = null;
      }
    },
    close() {
      over.abort();
      discard(body);
      void watching;
    },
  };
}
