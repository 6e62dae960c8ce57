import { createConnections, createDeadlines } from './connections.ts';
import type { ApiCall, Exchange, Manners } from './exchange.ts';
import { type FileExchange, requestFile } from './file-request.ts';
import {
  type DownloadDeps,
  type DownloadSource,
  type OpenResult,
  openDownload,
} from './open-download.ts';
import { type RetryDeps, repeat } from './retry.ts';
import { CALL_LIMIT, sendOnce } from './send.ts';

/** What the door to the network needs of the world. */
export interface HttpDeps extends RetryDeps {
  /** Told one line a call, for `--verbose`: no secret, no query, no link. */
  verbose?: (line: string) => void;
}

/** The one door to the network. Nothing here throws for what the network does. */
export interface Http {
  /** Makes a call; a read is repeated (retry.ts), nothing else ever is. */
  call(call: ApiCall, manners: Manners, signal: AbortSignal): Promise<Exchange>;
  /** Opens a signed link; its body throws DownloadBroken. */
  openDownload(source: DownloadSource, signal: AbortSignal): Promise<OpenResult>;
  /** Ends all connections at once. */
  close(): Promise<void>;
}

/** Opens the door. No connection is made before the first call. */
export function createHttp(deps: HttpDeps): Http {
  const { clock } = deps;
  const { send, close, ...way } = createSender(deps);
  const request: DownloadDeps['request'] = async (url, headers, signal) => {
    const start = clock.monotonic();
    const exchange = await requestFile(url, headers, way, signal);
    deps.verbose?.(fileTraceLine(exchange, clock.monotonic() - start));
    return exchange;
  };
  return {
    call: (call, manners, signal) => repeat(call, manners, signal, { ...deps, send }),
    openDownload: (source, signal) => openDownload(source, signal, { ...deps, request }),
    close,
  };
}

/** Sends calls once each, over connections of its own. */
export function createSender({ clock, verbose }: Pick<HttpDeps, 'clock' | 'verbose'>) {
  const connections = createConnections();
  const deadlines = createDeadlines(clock, CALL_LIMIT);
  return {
    connections,
    deadlines,
    send: async (call: ApiCall, signal: AbortSignal): Promise<Exchange> => {
      const start = clock.monotonic();
      const exchange = await sendOnce(call, { connections, deadlines }, signal);
      verbose?.(traceLine(call, exchange, clock.monotonic() - start));
      return exchange;
    },
    close: async (): Promise<void> => {
      deadlines.close();
      await connections.destroy();
    },
  };
}

/**
 * One line about a call for `--verbose`: method, path, what came, how long, and the rate limit that
 * the answer told. Never the query (it holds an api key), a header or a body.
 */
function traceLine(call: ApiCall, exchange: Exchange, ms: number): string {
  const outcome = exchange.kind === 'answer' ? String(exchange.answer.status) : exchange.kind;
  const limit = exchange.kind === 'answer' ? limitWords(exchange.answer.headers) : '';
  const [path = ''] = call.path.split('?');
  return `${call.method} ${path} ${outcome} ${Math.round(ms)} ms${limit}`;
}

/** The same about a request for a file, whose link is secret as a whole. */
function fileTraceLine(exchange: FileExchange, ms: number): string {
  const outcome = exchange.kind === 'answer' ? String(exchange.status) : exchange.kind;
  return `GET the download link ${outcome} ${Math.round(ms)} ms`;
}

function limitWords(headers: Readonly<Record<string, string>>): string {
  const words = ['limit', 'remaining', 'reset'].flatMap((part) => {
    const value = headers[`x-ratelimit-${part}`];
    return value === undefined || !/^[\d.;=w, ]{1,40}$/.test(value) ? [] : [`${part} ${value}`];
  });
  return words.length === 0 ? '' : `, rate ${words.join(', ')}`;
}
