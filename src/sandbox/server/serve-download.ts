import { type ExportFile, isKept } from '../files/export-file.ts';
import { type StoreAnswer, expired, storeError } from '../files/store.ts';
import { DOWNLOAD, type VendorName } from '../operations.ts';
import { type Sent, serveFile } from './serve-file.ts';
import { beforeAnswer, onTheWay } from './transport-faults.ts';
import {
  type SandboxContext,
  type ServerContext,
  type Visit,
  handled,
  visitOf,
  writeAnswer,
} from './visit.ts';

/** Serves `/files/...`: a file store that knows signed links and no credentials. */
export async function serveDownload(
  context: ServerContext,
  provider: VendorName,
  http: SandboxContext,
): Promise<Response> {
  const visit = visitOf(context, provider, DOWNLOAD, http);
  visit.vendor.settle(visit.at);
  visit.taskId = /([^/]+)\.[a-z]+$/.exec(visit.url.split('?', 1)[0] ?? '')?.[1] ?? null;
  const file = visit.vendor.file(visit.taskId ?? '');
  visit.ids = file?.ids ?? [];
  // The store is not the provider's API: faults of calls reach it by its own name only.
  visit.labels = [DOWNLOAD];
  const ended = (await onTheWay(visit)) ?? (await beforeAnswer(visit));
  visit.labels = file ? [DOWNLOAD, provider, file.operation] : [DOWNLOAD, provider];
  const sent = ended ? { ...ended, bytes: 0 } : await answer(visit, file);
  context.log.write(visit, sent.status, sent.fault, sent.bytes);
  return handled;
}

async function answer(visit: Visit, file: ExportFile | null): Promise<Sent> {
  const { faults, options } = visit.context;
  const now = options.clock.now();
  const refusal = refused(visit, file, now);
  if (refusal) return reply(visit, refusal, null);
  for (const [fault, make] of Object.entries(REPLACED)) {
    const replaced = applies(visit, fault) && faults.hits(fault, visit);
    if (replaced) return reply(visit, make(visit, now), fault);
  }
  return file ? serveFile(visit, file) : reply(visit, NO_SUCH_KEY, null);
}

const NO_SUCH_KEY = storeError(404, 'NoSuchKey', 'The specified key does not exist.');

/** The store's own refusals: double authentication, a bad or expired signature, a file that is gone. */
function refused(visit: Visit, file: ExportFile | null, now: number): StoreAnswer | null {
  const { headers } = visit.incoming;
  const [path = '', query = ''] = visit.url.split('?', 2);
  const params = new URLSearchParams(query);
  if (headers.authorization ?? headers['api-token'] ?? params.get('api_key')) {
    return storeError(400, 'InvalidArgument', 'Only one auth mechanism allowed.');
  }
  const state = visit.context.links.check(path, params, now);
  if (state === 'bad') {
    return storeError(403, 'SignatureDoesNotMatch', 'The request signature does not match.');
  }
  if (state === 'expired') return expired(now);
  return file && isKept(file, now) ? null : NO_SUCH_KEY;
}

/** What comes in place of the file, by fault. */
const REPLACED: Record<string, (visit: Visit, now: number) => StoreAnswer> = {
  'http-500': () => storeError(500, 'InternalError', 'We encountered an internal error.'),
  'http-503': () => storeError(503, 'SlowDown', 'Please reduce your request rate.'),
  'http-429': () => {
    const slow = storeError(429, 'SlowDown', 'Please reduce your request rate.');
    return { ...slow, headers: { ...slow.headers, 'Retry-After': '1' } };
  },
  'link-expired': (_visit, now) => expired(now),
  redirect: (visit) => redirect(nextHop(visit)),
  'redirect-loop': (visit) => redirect(nextHop(visit)),
  'redirect-file': () => redirect('file:///etc/passwd'),
  'file-html': () => ({
    status: 200,
    headers: { 'Content-Type': 'text/html; charset=utf-8' },
    body: '<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Please sign in.</body></html>\n',
  }),
  'file-xml': () => ({ ...storeError(500, 'InternalError', 'Please try again.'), status: 200 }),
  'file-empty': () => json(''),
  'file-error': () => json('{"message":"Internal Server Error"}'),
  'file-error-own': ({ vendor }) => json(JSON.stringify(vendor.refusals.internal().body)),
  'file-hollow': () => json('{}'),
  'file-foreign': () => json('{"greeting":"hello","numbers":[1,2,3]}'),
};

/** One redirect is enough for `redirect`: who comes from one gets the file. */
function applies(visit: Visit, fault: string): boolean {
  return fault !== 'redirect' || hopOf(visit) === 0;
}

function hopOf(visit: Visit): number {
  return Number(/[?&]hop=(\d+)/.exec(visit.url)?.[1] ?? 0);
}

function nextHop(visit: Visit): string {
  const bare = visit.url.replace(/&hop=\d+/, '');
  return `http://${visit.incoming.headers.host}${bare}&hop=${hopOf(visit) + 1}`;
}

function json(body: string): StoreAnswer {
  return { status: 200, headers: { 'Content-Type': 'application/json' }, body };
}

function redirect(location: string): StoreAnswer {
  return { status: 302, headers: { Location: location }, body: '' };
}

function reply(visit: Visit, store: StoreAnswer, fault: string | null): Sent {
  writeAnswer(visit, store.status, store.headers, store.body);
  return { status: store.status, fault, bytes: Buffer.byteLength(store.body) };
}
