import type { Secret } from '../secret.ts';
import { type Failure, type FailureCode, failure } from './exchange.ts';
import { type FileAnswer, type FileExchange, discard } from './file-request.ts';
import { redirectFault } from './redirect-policy.ts';
import { type ResumeDeps, entityOf, resumableBody } from './resumable-body.ts';
import { type RetryDeps, createTries, isTransientStatus, retryAfter } from './retry.ts';

/** How opening a link ended. `bytes`: the announced length. */
export type OpenResult =
  | { kind: 'body'; body: AsyncIterable<Uint8Array>; bytes: number | null }
  | Omit<Refusal, 'retryAt'>;

/**
 * Opens a download: a GET without credentials, through a few safe redirects, repeated like any GET.
 * Neither the link nor its host is ever in a message.
 */
export async function openDownload(
  source: DownloadSource,
  signal: AbortSignal,
  deps: DownloadDeps,
): Promise<OpenResult> {
  const again = createTries({ method: 'GET' }, deps);
  for (;;) {
    const start = deps.clock.monotonic();
    const end = await followRedirects(source, signal, deps);
    if (end.kind === 'open') return opened(end, source, signal, deps);
    const { kind, error, retryAt } = end;
    const heard = { transient: kind === 'unavailable', limited: false, retryAt };
    const spent = deps.clock.monotonic() - start;
    if (signal.aborted || !(await again(heard, spent, signal))) return { kind, error };
  }
}

function opened(
  { answer, url }: { answer: FileAnswer; url: URL },
  source: DownloadSource,
  signal: AbortSignal,
  deps: DownloadDeps,
): OpenResult {
  const entity = entityOf(answer.headers);
  const framed = entity.total !== null || answer.headers['transfer-encoding'] !== undefined;
  const encoding = answer.headers['content-encoding'] ?? 'identity';
  if (!framed || encoding.toLowerCase() !== 'identity') {
    discard(answer.body);
    const why = framed
      ? 'came compressed, although the plain file was asked for'
      : 'came without its length, so that a part could not be told from the whole';
    const message = `the file from ${source.provider} ${why}`;
    return { kind: 'unusable', error: failure('unusable_file', message, { httpStatus: 200 }) };
  }
  const request: ResumeDeps['request'] = (headers) => deps.request(url, headers, signal);
  return {
    kind: 'body',
    body: resumableBody(answer, entity, { ...deps, request }, signal),
    bytes: entity.total,
  };
}

const MAX_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const GONE: ReadonlySet<number> = new Set([403, 404, 410]);

/** A signed link, who gave it (a name, for messages), and the origin of the answer it stood in. */
export interface DownloadSource {
  link: Secret;
  provider: string;
  origin: string;
}

/** What a download needs of the world. */
export interface DownloadDeps extends RetryDeps {
  /** One GET: no credential, no redirect followed. */
  request(
    url: URL,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<FileExchange>;
}

/** A link followed to its end: the file's answer and the place it came from, or why there is none. */
type RedirectEnd = { kind: 'open'; answer: FileAnswer; url: URL } | Refusal;

interface Refusal {
  kind: 'link_refused' | 'unusable' | 'unavailable';
  error: Failure;
  retryAt: number | null;
}

/** Follows a link through a few safe redirects, once. */
async function followRedirects(
  source: DownloadSource,
  signal: AbortSignal,
  deps: DownloadDeps,
): Promise<RedirectEnd> {
  let from = new URL(source.origin);
  let url = URL.parse(source.link.reveal());
  for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
    if (url === null) return unsafe(source, hops, 'it is not a URL');
    const fault = redirectFault(from, url);
    if (fault !== null) return unsafe(source, hops, fault);
    const answer = await deps.request(url, {}, signal);
    const what = `the download from ${source.provider}`;
    if (answer.kind === 'stopped') return refusal('unavailable', 'stopped', `${what} was stopped`);
    if (answer.kind === 'failed') {
      return refusal('unavailable', 'no_connection', `${what} failed: ${answer.reason}`);
    }
    if (answer.status === 200) return { kind: 'open', answer, url };
    discard(answer.body);
    if (!REDIRECTS.has(answer.status)) return refused(source, answer, deps.clock.now());
    from = url;
    const location = answer.headers['location'];
    url = location === undefined ? null : URL.parse(location, from.href);
  }
  return refusal(
    'unusable',
    'unsafe_redirect',
    `the download link from ${source.provider} redirects more than ${MAX_REDIRECTS} times`,
  );
}

function unsafe({ provider }: DownloadSource, hops: number, fault: string): Refusal {
  const link = `the download link from ${provider}`;
  return hops === 0
    ? refusal('unusable', 'unsafe_link', `${link} is not safe to open: ${fault}`)
    : refusal('unusable', 'unsafe_redirect', `unsafe redirect of ${link}: ${fault}`);
}

function refused({ provider }: DownloadSource, answer: FileAnswer, now: number): Refusal {
  const { status } = answer;
  if (GONE.has(status)) {
    const message = `the download link from ${provider} was refused (${status}): it may have expired`;
    return refusal('link_refused', 'link_refused', message, status);
  }
  if (isTransientStatus(status)) {
    const message = `the server of the file from ${provider} answered ${status}`;
    const code = status === 429 ? 'rate_limited' : 'unavailable';
    const retryAt = retryAfter(answer.headers['retry-after'], now);
    return { ...refusal('unavailable', code, message, status), retryAt };
  }
  const message = `the server of the file from ${provider} answered ${status} in place of the file`;
  return refusal('unusable', 'unusable_file', message, status);
}

function refusal(
  kind: Refusal['kind'],
  code: FailureCode,
  message: string,
  httpStatus: number | null = null,
): Refusal {
  return { kind, error: failure(code, message, { httpStatus }), retryAt: null };
}
