import type { Readable } from 'node:stream';
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
