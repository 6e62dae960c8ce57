import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { Clock } from '../host/host.ts';
import { flatHeaders, transportFault } from './send.ts';

/** How long a file's server may take to answer, connecting included, ms. */
const HEADERS_LIMIT = 30_000;

/** The head of an answer, its body still to come. Whoever gets it reads or discards the body. */
export interface FileAnswer {
  kind: 'answer';
  status: number;
  headers: Readonly<Record<string, string>>;
  body: Readable;
}

/** A request for a file, or a part of it, as it ended. */
export type FileExchange = FileAnswer | { kind: 'failed'; reason: string } | { kind: 'stopped' };

/** Asks for a file. No credential is sent, no redirect followed; the signal ends the body too. */
export async function requestFile(
  url: URL,
  headers: Readonly<Record<string, string>>,
  deps: { connections: Dispatcher; clock: Clock },
  signal: AbortSignal,
): Promise<FileExchange> {
  if (signal.aborted) return { kind: 'stopped' };
  const late = new AbortController();
  const over = new AbortController();
  const limit = async (): Promise<void> => {
    await deps.clock.sleep(HEADERS_LIMIT, over.signal);
    if (!over.signal.aborted) late.abort();
  };
  const watch = limit();
  try {
    const response = await deps.connections.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: 'GET',
      headers: { 'accept-encoding': 'identity', ...headers },
      signal: AbortSignal.any([signal, late.signal]),
    });
    return {
      kind: 'answer',
      status: response.statusCode,
      headers: flatHeaders(response.headers),
      body: response.body,
    };
  } catch (thrown) {
    if (signal.aborted) return { kind: 'stopped' };
    const reason = late.signal.aborted
      ? `no answer within ${HEADERS_LIMIT / 1000} s`
      : transportFault(thrown);
    return { kind: 'failed', reason };
  } finally {
    over.abort();
    await watch;
  }
}

/** Ends an answer whose body nobody wants. */
export function discard(body: Readable): void {
  body.on('error', () => undefined);
  body.destroy();
}
