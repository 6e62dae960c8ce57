import { createHook } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import { setImmediate } from 'node:timers';

/**
 * What the system or a later turn does for us, by the names of Node's `async_hooks`. Random bytes are
 * not among it: those that are made at once have the same name.
 */
const REQUESTS: ReadonlySet<string> = new Set([
  'FSREQCALLBACK',
  'FSREQPROMISE',
  'FILEHANDLECLOSEREQ',
  'GETADDRINFOREQWRAP',
  'Immediate',
  'PROCESSWRAP',
  'SIGNREQUEST',
  'HASHREQUEST',
]);

/** The work of this process that is really under way, exchanges and the system's requests. */
const underWay = new Set<unknown>();
const listeners = new Set<() => void>();
let lent = 0;
let isWatched = false;
let isLooking = false;

/** Whether anything is under way that does not itself wait for a clock. */
export function isAtWork(): boolean {
  return underWay.size > lent;
}

/** While `wait` lasts, one exchange is no work: the server that answers it sleeps. */
export async function lend(wait: () => Promise<void>): Promise<void> {
  lent += 1;
  await wait();
  lent -= 1;
}

/** Calls back in the next turn of the event loop; to wait for that is no work. */
export function inNextTurn(look: () => void): void {
  isLooking = true;
  setImmediate(look);
  isLooking = false;
}

/** Counts `key` as work until `end(key)`. */
export function begin(key: unknown): void {
  underWay.add(key);
}

export function end(key: unknown): void {
  if (underWay.delete(key)) for (const listener of listeners) listener();
}

/** Calls `listener` whenever some work has ended; answers with how to stop that. */
export function onWorkEnded(listener: () => void): () => void {
  watch();
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** A handle of zlib writes in another thread, again and again. */
interface Deflating {
  write(...parameters: unknown[]): unknown;
}

function isDeflating(resource: object): resource is Deflating {
  return 'write' in resource && typeof resource.write === 'function';
}

function requestOf(message: unknown): unknown {
  return typeof message === 'object' && message !== null && 'request' in message && message.request;
}

/** From the first clock on, for good: whoever begins an exchange or opens a file is counted. */
function watch(): void {
  if (isWatched) return;
  isWatched = true;
  subscribe('undici:request:create', (message) => begin(requestOf(message)));
  subscribe('undici:request:trailers', (message) => end(requestOf(message)));
  subscribe('undici:request:error', (message) => end(requestOf(message)));
  createHook({
    trackPromises: false,
    init(id, type, _trigger, resource) {
      if (REQUESTS.has(type) && !isLooking) begin(id);
      if (type !== 'ZLIB' || !isDeflating(resource)) return;
      const write = resource.write.bind(resource);
      resource.write = (...parameters) => {
        begin(id);
        return write(...parameters);
      };
    },
    before: end,
    destroy: end,
  }).enable();
}
