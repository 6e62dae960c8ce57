import type { Clock } from '../host/host.ts';
import { createConnections, createDeadlines } from './connections.ts';
import type { ApiCall, Exchange, Manners } from './exchange.ts';
import { requestFile } from './file-request.ts';
import type { DownloadDeps, DownloadSource } from './follow-redirects.ts';
import { type OpenResult, openDownload } from './open-download.ts';
import { repeat } from './repeat.ts';
import { CALL_LIMIT, sendOnce } from './send.ts';
import { fileTraceLine, traceLine } from './trace.ts';

/** What the door to the network needs of the world. */
export interface HttpDeps {
  clock: Clock;
  /** In [0, 1). */
  random(): number;
  /** `--poll-interval` over 2 s: every pause of ours is multiplied by it. */
  scale: number;
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
  const { clock, scale } = deps;
  const connections = createConnections();
  const deadlines = createDeadlines(clock, CALL_LIMIT);
  const random = (): number => deps.random();
  const { verbose } = deps;

  const sendQuietly = (call: ApiCall, signal: AbortSignal): Promise<Exchange> =>
    sendOnce(call, { connections, deadlines }, signal);
  const sendTold = async (call: ApiCall, signal: AbortSignal): Promise<Exchange> => {
    const start = clock.monotonic();
    const exchange = await sendQuietly(call, signal);
    verbose?.(traceLine(call, exchange, clock.monotonic() - start));
    return exchange;
  };
  const send = verbose === undefined ? sendQuietly : sendTold;
  const request: DownloadDeps['request'] = async (url, headers, signal) => {
    const start = clock.monotonic();
    const exchange = await requestFile(url, headers, { connections, clock }, signal);
    const ms = clock.monotonic() - start;
    verbose?.(fileTraceLine(exchange, ms));
    return exchange;
  };

  return {
    call: (call, manners, signal) => repeat(call, manners, signal, { clock, random, scale, send }),
    openDownload: (source, signal) =>
      openDownload(source, signal, { clock, random, scale, request }),
    close() {
      deadlines.close();
      return connections.destroy();
    },
  };
}
