import { type ExportFile, isKept } from '../files/export-file.ts';
import { type StoreAnswer, expired, storeError } from '../files/store.ts';
import { DOWNLOAD, type VendorName } from '../operations.ts';
import type { Vendor } from '../vendor.ts';
import {
  type RawExchange,
  type SandboxContext,
  type ServerContext,
  exchangeOf,
  handled,
  send,
} from './exchange.ts';
import { type FileShelf, type Sent, serveFile } from './serve-file.ts';
import { type Arrival, beforeAnswer, onTheWay } from './transport-faults.ts';

/** Serves `/files/...`: a file store that knows signed links and no credentials. */
export async function serveDownload(
  context: ServerContext,
  shelf: FileShelf,
  provider: VendorName,
  http: SandboxContext,
): Promise<Response> {
  const { clock } = context.options;
  const exchange = exchangeOf(http);
  const { url } = exchange;
  const at = clock.now();
  const vendor = context.vendors[provider];
  vendor.settle(at);
  const taskId = /([^/]+)\.[a-z]+$/.exec(url.split('?', 1)[0] ?? '')?.[1] ?? null;
  const file = vendor.file(taskId ?? '');
  const ids = file?.ids ?? [];
  // The store is not the provider's API: faults of calls reach it by its own name only.
  const arrival: Arrival = { operation: DOWNLOAD, labels: [DOWNLOAD], ids, taskId };
  const record = { provider, method: http.req.method, url, at, ...arrival };

  const ended =
    (await onTheWay(context, exchange, arrival)) ??
    (await beforeAnswer(context, exchange, arrival));
  if (ended) {
    context.log.write(record, ended.status, ended.fault, 0);
    return handled;
  }
  const labels = [DOWNLOAD, provider, ...(file?.labels ?? [])];
  const sent = await answer(context, shelf, exchange, provider, file, { ...arrival, labels });
  context.log.write(record, sent.status, sent.fault, sent.bytes);
  return handled;
}

async function answer(
  context: ServerContext,
  shelf: FileShelf,
  exchange: RawExchange,
  provider: VendorName,
  file: ExportFile | null,
  arrival: Arrival,
): Promise<Sent> {
  const now = context.options.clock.now();
  const refusal = refused(context, exchange, file, now);
  if (refusal) return reply(exchange, refusal, null);
  for (const [fault, make] of Object.entries(REPLACED)) {
    const replaced = applies(exchange, fault) && context.faults.hits(fault, arrival);
    if (replaced) return reply(exchange, make(exchange, now, context.vendors[provider]), fault);
  }
  return file
    ? serveFile(context, shelf, exchange, file, arrival)
    : reply(exchange, NO_SUCH_KEY, null);
}

const NO_SUCH_KEY = storeError(404, 'NoSuchKey', 'The specified key does not exist.');

/** The store's own refusals: double authentication, a bad or expired signature, a file that is gone. */
function refused(
  context: ServerContext,
  exchange: RawExchange,
  file: ExportFile | null,
  now: number,
): StoreAnswer | null {
  const { url, incoming } = exchange;
  const { headers } = incoming;
  const [path = '', query = ''] = url.split('?', 2);
  const params = new URLSearchParams(query);
  if (headers.authorization ?? headers['api-token'] ?? params.get('api_key')) {
    return storeError(400, 'InvalidArgument', 'Only one auth mechanism allowed.');
  }
  const state = context.links.check(path, params, now);
  if (state === 'bad') {
    return storeError(403, 'SignatureDoesNotMatch', 'The request signature does not match.');
  }
  if (state === 'expired') return expired(now);
  return file && isKept(file, now) ? null : NO_SUCH_KEY;
}

/** What comes in place of the file, by fault. */
const REPLACED: Record<
  string,
  (exchange: RawExchange, now: number, vendor: Vendor) => StoreAnswer
> = {
  'http-500': () => storeError(500, 'InternalError', 'We encountered an internal error.'),
  'http-503': () => storeError(503, 'SlowDown', 'Please reduce your request rate.'),
  'http-429': () => {
    const slow = storeError(429, 'SlowDown', 'Please reduce your request rate.');
    return { ...slow, headers: { ...slow.headers, 'Retry-After': '1' } };
  },
  'link-expired': (_exchange, now) => expired(now),
  redirect: (exchange) => redirect(nextHop(exchange)),
  'redirect-loop': (exchange) => redirect(nextHop(exchange)),
  'redirect-file': () => redirect('file:///etc/passwd'),
  'file-html': () => ({
    status: 200,
    headers: { 'Content-Type': 'text/html; charset=utf-8' },
    body: '<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Please sign in.</body></html>\n',
  }),
  'file-xml': () => ({ ...storeError(500, 'InternalError', 'Please try again.'), status: 200 }),
  'file-empty': () => json(''),
  'file-error': () => json('{"message":"Internal Server Error"}'),
  'file-error-own': (_exchange, _now, vendor) =>
    json(JSON.stringify(vendor.refusals.internal().body)),
  'file-hollow': () => json('{}'),
  'file-foreign': () => json('{"greeting":"hello","numbers":[1,2,3]}'),
};

/** One redirect is enough for `redirect`: who comes from one gets the file. */
function applies(exchange: RawExchange, fault: string): boolean {
  return fault !== 'redirect' || hopOf(exchange) === 0;
}

function hopOf(exchange: RawExchange): number {
  return Number(/[?&]hop=(\d+)/.exec(exchange.url)?.[1] ?? 0);
}

function nextHop(exchange: RawExchange): string {
  const bare = exchange.url.replace(/&hop=\d+/, '');
  return `http://${exchange.incoming.headers.host}${bare}&hop=${hopOf(exchange) + 1}`;
}

function json(body: string): StoreAnswer {
  return { status: 200, headers: { 'Content-Type': 'application/json' }, body };
}

function redirect(location: string): StoreAnswer {
  return { status: 302, headers: { Location: location }, body: '' };
}

function reply(exchange: RawExchange, store: StoreAnswer, fault: string | null): Sent {
  send(exchange, store.status, store.headers, store.body);
  return { status: store.status, fault, bytes: Buffer.byteLength(store.body) };
}
