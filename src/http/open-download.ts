import { type Failure, failure } from './exchange.ts';
import { type FileAnswer, discard } from './file-request.ts';
import { type DownloadDeps, type DownloadSource, followRedirects } from './follow-redirects.ts';
import { type ResumeDeps, entityOf, resumableBody } from './resumable-body.ts';
import { type Tried, nextPause } from './retry.ts';

/** How opening a link ended. `bytes`: the announced length. */
export type OpenResult =
  | { kind: 'body'; body: AsyncIterable<Uint8Array>; bytes: number | null }
  | { kind: 'link_refused' | 'unusable' | 'unavailable'; error: Failure };

/**
 * Opens a download: a GET without credentials, through a few safe redirects, repeated like any GET.
 * Neither the link nor its host is ever in a message.
 */
export async function openDownload(
  source: DownloadSource,
  signal: AbortSignal,
  deps: DownloadDeps,
): Promise<OpenResult> {
  const tried: Tried = { tries: 0, refused: 0, told: 0, spent: 0 };
  for (;;) {
    const start = deps.clock.monotonic();
    const end = await followRedirects(source, signal, deps);
    if (end.kind === 'open') return opened(end, source, signal, deps);
    tried.tries += 1;
    tried.spent += deps.clock.monotonic() - start;
    const heard = { transient: end.kind === 'unavailable', retryAt: end.retryAt };
    const moment = { now: deps.clock.now(), random: deps.random(), scale: deps.scale };
    const pause = signal.aborted ? null : nextPause({ method: 'GET' }, tried, heard, moment);
    if (pause === null) return { kind: end.kind, error: end.error };
    await deps.clock.sleep(pause.wait, signal);
    tried.spent += pause.wait;
    if (pause.told) tried.told += pause.wait;
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
