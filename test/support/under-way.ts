import { createHook } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';

/**
 * What the system does for us beside the event loop, by the names of Node's `async_hooks`. Random
 * bytes are not among it: those that are made at once have the same name.
 */
const REQUESTS: ReadonlySet<string> = new Set([
  'FSREQCALLBACK',
  'FSREQPROMISE',
  'FILEHANDLECLOSEREQ',
  'GETADDRINFOREQWRAP',
  'PROCESSWRAP',
  'SIGNREQUEST',
  'HASHREQUEST',
]);

/** The work of this process that is really under way, exchanges and the system's requests. */
const underWay = new Set<unknown>();
const listeners = new Set<() => void>();
let lent = 0;
let isWatched = false;

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

/** From the first clock on, for good: whoever begins an exchange or opens a file is counted. */
function watch(): void {
  if (isWatched) return;
  isWatched = true;
  const key = (message: unknown): unknown =>
    typeof message === 'object' && message !== null && 'request' in message && message.request;
  subscribe('undici:request:create', (message) => begin(key(message)));
  subscribe('undici:request:trailers', (message) => end(key(message)));
  subscribe('undici:request:error', (message) => end(key(message)));
  createHook({
    trackPromises: false,
    init(id, type, _trigger, resource) {
      if (REQUESTS.has(type)) begin(id);
      if (type !== 'ZLIB' || !isDeflating(resource)) return;
      const write = resource.write.bind(resource);
      resource.write = (...parameters) => {
        begin(id);
        return write(...parameters);
      };
    },
    after: end,
    destroy: end,
  }).enable();
}
