import type { Dispatcher } from 'undici';
import type { Deadlines } from './connections.ts';
import type { ApiCall, Exchange } from './exchange.ts';
import { isRead } from './retry.ts';

/** The limit of one call over everything, connecting included, ms. */
export const CALL_LIMIT = 30_000;

/** Why a call ended that overran it. */
export const TOO_LATE: string = `no answer within ${CALL_LIMIT / 1000} s`;

const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

/** What sending needs: the connections, and the clock of `CALL_LIMIT`. */
export interface SendDeps {
  connections: Dispatcher;
  deadlines: Deadlines;
}

/**
 * Sends a call once. A redirect is an answer like any other. The signal ends a read at any time;
 * a call that changes something is left to its answer once it has gone.
 */
export async function sendOnce(
  call: ApiCall,
  { connections, deadlines }: SendDeps,
  signal: AbortSignal,
): Promise<Exchange> {
  const headers = await call.headers();
  if (signal.aborted) return { kind: 'stopped' };
  const options = {
    origin: call.origin,
    path: call.path,
    method: call.method,
    headers: { accept: 'application/json', 'accept-encoding': 'identity', ...headers },
    body: call.body === undefined ? null : JSON.stringify(call.body),
  };
  return new Promise((resolve) => {
    const flight = createFlight((exchange) => {
      signal.removeEventListener('abort', stop);
      inTime();
      resolve(exchange);
    });
    const stop = (): void => {
      if (isRead(call) || !flight.hasLeft()) flight.end({ kind: 'stopped' });
    };
    const inTime = deadlines.begin(() => {
      flight.end({ kind: flight.hasLeft() ? 'lost' : 'unsent', reason: TOO_LATE });
    });
    signal.addEventListener('abort', stop, { once: true });
    connections.dispatch(options, flight.handler);
  });
}

/** A call on its way. */
interface Flight {
  handler: Dispatcher.DispatchHandler;
  /** False: surely not one byte of it was written. */
  hasLeft(): boolean;
  /** Ends it like this, unless it has ended: it does not leave any more, and its answer is cut off. */
  end(exchange: Exchange): void;
}

/**
 * undici announces a request right before it writes it to a connection that stands (name found, TLS
 * agreed), which tells "never sent" from "may have arrived" exactly, where error codes only hint. A
 * second announcement would be a repetition: it is prevented.
 */
function createFlight(done: (exchange: Exchange) => void): Flight {
  let line: Dispatcher.DispatchController | null = null;
  let isOver = false;
  let status = 0;
  let headers: Readonly<Record<string, string>> = {};
  let chunks: Buffer[] = [];
  let bytes = 0;
  const finish = (exchange: Exchange): void => {
    if (isOver) return;
    isOver = true;
    chunks = [];
    done(exchange);
  };
  const end = (exchange: Exchange): void => {
    finish(exchange);
    line?.abort(new Error('the call was ended'));
  };
  return {
    hasLeft: () => line !== null,
    end,
    handler: {
      onRequestStart(controller) {
        if (isOver || line !== null) {
          controller.abort(new Error('the call was about to be sent too late, or twice'));
          return;
        }
        line = controller;
      },
      onResponseStart(_, code, told) {
        status = code;
        headers = flatHeaders(told);
      },
      onResponseData(_, chunk) {
        bytes += chunk.length;
        if (bytes <= MAX_ANSWER_BYTES) chunks.push(chunk);
        else end({ kind: 'lost', reason: `answer larger than ${MAX_ANSWER_BYTES} bytes` });
      },
      onResponseEnd() {
        const text = Buffer.concat(chunks).toString('utf8');
        finish({ kind: 'answer', answer: { status, headers, text } });
      },
      onResponseError(_, error) {
        finish({ kind: line === null ? 'unsent' : 'lost', reason: transportFault(error) });
      },
    },
  };
}

/** Headers as one string a name; a header that came several times is joined by commas. */
export function flatHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Readonly<Record<string, string>> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = [value].flat().join(', ');
  }
  return flat;
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'host name not found',
  EAI_AGAIN: 'host name could not be looked up',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ETIMEDOUT: 'no connection in time',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  ECONNRESET: 'connection broken off',
  EPIPE: 'connection broken off',
  UND_ERR_SOCKET: 'connection broken off',
  UND_ERR_ABORTED: 'connection broken off',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'answer cut short',
  UND_ERR_HEADERS_OVERFLOW: 'answer with too many headers',
};

/**
 * What went wrong below HTTP, in words. Only known codes are used and never a message: those quote
 * hosts and addresses, and a download's are secret.
 */
export function transportFault(thrown: unknown): string {
  const code = codeOf(thrown);
  if (code === null) return 'connection failed';
  const words = WORDS[code];
  if (words !== undefined) return words;
  if (/CERT|TLS|SSL|SELF_SIGNED/.test(code)) return `TLS certificate not accepted (${code})`;
  if (code.startsWith('HPE_')) return 'answer is not HTTP';
  return `connection failed (${code})`;
}

function codeOf(thrown: unknown): string | null {
  if (!(thrown instanceof Error)) return null;
  const code = 'code' in thrown ? thrown.code : null;
  if (typeof code === 'string' && /^[A-Z][A-Z0-9_]*$/.test(code)) return code;
  return codeOf(thrown.cause);
}
