import type { Dispatcher } from 'undici';
import type { Clock } from '../host.ts';
import { watchDeparture } from './departure.ts';
import type { ApiAnswer, ApiCall, Exchange } from './exchange.ts';
import { flatHeaders } from './headers.ts';
import { isRead } from './retry.ts';
import { transportFault } from './transport-fault.ts';

/** The limit of one call over everything, connecting included, ms. */
const CALL_LIMIT = 30_000;

const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

/**
 * Sends a call once. A redirect is an answer like any other. The signal ends a read at any time;
 * a call that changes something is left to its answer once it has gone.
 */
export async function sendOnce(
  call: ApiCall,
  connections: Dispatcher,
  clock: Clock,
  signal: AbortSignal,
): Promise<Exchange> {
  const headers = await call.headers();
  const departure = watchDeparture(connections);
  const cut = new AbortController();
  const over = new AbortController();
  let stopped = false;
  let late = false;
  const stop = (): void => {
    if (!isRead(call) && departure.left()) return;
    stopped = true;
    cut.abort();
  };
  const limit = async (): Promise<void> => {
    await clock.sleep(CALL_LIMIT, over.signal);
    if (over.signal.aborted) return;
    late = true;
    cut.abort();
  };
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const watch = limit();
  try {
    const answer = await exchangeOnce(call, headers, departure.dispatcher, cut.signal);
    return answer ?? { kind: 'lost', reason: `answer larger than ${MAX_ANSWER_BYTES} bytes` };
  } catch (thrown) {
    if (stopped) return { kind: 'stopped' };
    const reason = late ? `no answer within ${CALL_LIMIT / 1000} s` : transportFault(thrown);
    return { kind: departure.left() ? 'lost' : 'unsent', reason };
  } finally {
    signal.removeEventListener('abort', stop);
    over.abort();
    await watch;
  }
}

async function exchangeOnce(
  call: ApiCall,
  headers: Readonly<Record<string, string>>,
  dispatcher: Dispatcher,
  signal: AbortSignal,
): Promise<Exchange | null> {
  const response = await dispatcher.request({
    origin: call.url.origin,
    path: `${call.url.pathname}${call.url.search}`,
    method: call.method,
    headers: { accept: 'application/json', 'accept-encoding': 'identity', ...headers },
    body: call.body === undefined ? null : JSON.stringify(call.body),
    signal,
  });
  const text = await textOf(response.body);
  if (text === null) return null;
  const answer: ApiAnswer = {
    status: response.statusCode,
    headers: flatHeaders(response.headers),
    text,
  };
  return { kind: 'answer', answer };
}

/** The whole body as text; null when it is too large. */
async function textOf(body: AsyncIterable<Uint8Array>): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
