import type { Readable } from 'node:stream';
import type { Clock } from '../host/host.ts';
import { type SendDeps, TOO_LATE, flatHeaders, transportFault } from './send.ts';

/** The head of an answer, its body still to come. Whoever gets it reads or discards the body. */
export interface FileAnswer {
  kind: 'answer';
  status: number;
  headers: Readonly<Record<string, string>>;
  body: Readable;
}

/** A request for a file, or a part of it, as it ended. */
export type FileExchange = FileAnswer | { kind: 'failed'; reason: string } | { kind: 'stopped' };

/**
 * Asks for a file. No credential is sent, no redirect followed; the signal ends the body too. Its
 * server has as long for the head of its answer as an API for the whole, connecting included.
 */
export async function requestFile(
  url: URL,
  headers: Readonly<Record<string, string>>,
  { connections, deadlines }: SendDeps,
  signal: AbortSignal,
): Promise<FileExchange> {
  if (signal.aborted) return { kind: 'stopped' };
  const late = new AbortController();
  const inTime = deadlines.begin(() => late.abort());
  try {
    const response = await connections.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: 'GET',
      headers: { 'accept-encoding': 'identity', ...headers },
      signal: AbortSignal.any([signal, late.signal]),
    });
    const { statusCode: status, body } = response;
    return { kind: 'answer', status, headers: flatHeaders(response.headers), body };
  } catch (thrown) {
    if (signal.aborted) return { kind: 'stopped' };
    return { kind: 'failed', reason: late.signal.aborted ? TOO_LATE : transportFault(thrown) };
  } finally {
    inTime();
  }
}

/** Ends an answer whose body nobody wants. */
export function discard(body: Readable): void {
  body.on('error', () => undefined);
  body.destroy();
}

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
