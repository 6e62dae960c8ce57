import type { Readable } from 'node:stream';
import type { Clock } from '../host/host.ts';
import { discard } from './file-request.ts';
import { transportFault } from './send.ts';

/** How long a body may bring nothing while it is waited for, ms. */
const IDLE_LIMIT = 30_000;

/** How little a body may bring in so long a wait, bytes and ms: one that trickles would never end. */
const LEAST = 64 * 1024;
const LEAST_IN = 300_000;

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

/** Reads a body under both limits. Time in which nobody asks for the next piece does not count. */
export function readBody(body: Readable, clock: Clock): BodyReader {
  const iterator: AsyncIterator<Uint8Array> = body[Symbol.asyncIterator]();
  const over = new AbortController();
  let waitingSince: number | null = null;
  let idle = false;
  let spent = 0;
  let brought = 0;

  /** Whether so little came that the rest is not worth waiting for. */
  const trickles = (bytes: number, ms: number): boolean => {
    spent += ms;
    brought += bytes;
    if (spent < LEAST_IN) return false;
    const isLittle = brought < LEAST;
    spent = 0;
    brought = 0;
    return isLittle;
  };

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
      const since = clock.monotonic();
      waitingSince = since;
      try {
        const result = await iterator.next();
        if (result.done === true) return { kind: 'end' };
        if (!trickles(result.value.length, clock.monotonic() - since)) {
          return { kind: 'chunk', chunk: result.value };
        }
        discard(body);
        return { kind: 'broken', reason: `next to nothing came for ${LEAST_IN / 1000} s` };
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
